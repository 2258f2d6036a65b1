"""Where this Porchlight keeps its things.

Standard library only: the first run reads it before anything is installed.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """One data folder and the places in it."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def keys(self) -> Path:
        """The keyring, the engines' passwords, the audit chain's head: apart from the data."""
        return Path(os.environ.get("PORCHLIGHT_KEYS") or self.root / "keys")

    @property
    def attachments(self) -> Path:
        return self.root / "attachments"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def address(self) -> Path:
        """Says where `up` answered last."""
        return self.state / "address"


def default_root() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Porchlight"
    if os.geteuid() == 0:
        return Path("/var/lib/porchlight")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "porchlight"


def home() -> Home:
    chosen = os.environ.get("PORCHLIGHT_HOME")
    return Home(Path(chosen).expanduser().absolute() if chosen else default_root())
