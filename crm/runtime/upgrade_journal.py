"""What an upgrade has done so far: written before each step, read by whoever comes after a kill."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from crm.runtime.child import BASE
from crm.runtime.credentials import write_secret
from crm.runtime.home import Home


@dataclass(frozen=True)
class Journal:
    # begun: nothing was changed yet. aside: the data as they were lie in `before`.
    # back: on the way back. good: only clearing up is left. refused: gone back, see `why`.
    step: str
    version: str
    code: str = ""
    backup: str = ""
    # Which database the data folder held, to be recognised again on the way back.
    system: str = ""
    why: str = ""


def path(place: Home) -> Path:
    return place.state / "upgrade.json"


def read(place: Home) -> Journal | None:
    try:
        return Journal(**json.loads(path(place).read_text()))
    except FileNotFoundError:
        return None


def write(place: Home, journal: Journal) -> None:
    write_secret(path(place), json.dumps(asdict(journal)))


def close(place: Home) -> None:
    path(place).unlink(missing_ok=True)


def code() -> str:
    """Which files lie in this folder; versions between two releases bear the same number."""
    seen = hashlib.sha256((BASE / "requirements.lock").read_bytes())
    for room in ("crm", "properties", "leads"):
        for path in sorted((BASE / room).rglob("*.py")):
            seen.update(path.read_bytes())
    return seen.hexdigest()


def unfinished(place: Home) -> str:
    """Why `up` must not start now, in a sentence; nothing when it may."""
    found = read(place)
    if found is None or found.step == "good":
        return ""
    if found.step == "refused":
        if found.code != code():
            return ""
        return (
            f"The upgrade to {found.version} did not work, and everything was put back as it was. "
            "Put the files of the version before in this folder and start that, or try again with "
            "`python3 manage.py upgrade`."
        )
    return (
        "An upgrade was begun and not finished. `python3 manage.py upgrade` finishes it, or puts "
        "everything back."
    )
