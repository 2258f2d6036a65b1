"""How copying the log went, and how trying its copies did: noted for the pages to tell."""

from __future__ import annotations

import json
from pathlib import Path

from crm.runtime.home import Home


def status_file(place: Home) -> Path:
    return place.state / "log-copies.json"


def trial_file(place: Home) -> Path:
    return place.state / "log-trial.json"


def note(place: Home, status: dict[str, str]) -> None:
    _write(status_file(place), status)


def note_trial(place: Home, *, error: str) -> None:
    _write(trial_file(place), {"error": error})


def status(place: Home) -> dict[str, str]:
    return _read(status_file(place))


def trial_error(place: Home) -> str:
    return _read(trial_file(place)).get("error", "")


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _write(path: Path, found: dict[str, str]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(found))
    new.replace(path)
