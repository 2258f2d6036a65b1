"""PostgreSQL's next major version: the old server and the new one side by side, rows carried over.

The old data folder is only read. It is put aside, whole, when every table was counted and compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crm.runtime import binaries, cluster
from crm.runtime.home import Home
from crm.runtime.postgres import SUPERUSER, Server
from crm.runtime.roles import OWNER

WITHOUT_THE_OLD = (
    "The data were made by PostgreSQL {0}, and its programs are not here any more. Put the version "
    "of Porchlight back that brought {0}, run `python3 manage.py backup --verify` there, and give "
    "that backup to this one with `restore --put-aside`."
)


@dataclass(frozen=True)
class Beside(Home):
    """A second home for the time being, with the passwords of the first."""

    first: Home

    @property
    def keys(self) -> Path:
        return self.first.keys


def beside(place: Home) -> Beside:
    return Beside(place.root / "next", place)


def clear(place: Home) -> None:
    """What an attempt left, its server too."""
    found = beside(place)
    if found.root.exists():
        Server(found).stop(patience=5)
        shutil.rmtree(found.root)


def move(place: Home, old: Path, run: Callable[..., str], say: Callable[[str], None]) -> Path:
    """The folder of a new cluster that holds all that the old one does; both servers stopped."""
    clear(place)
    new, before = Server(beside(place)), Server(place)
    try:
        with binaries.other_postgres(old):
            before.start(die_with_parent=True)
        new.start(die_with_parent=True)
        say("Carrying the rows over, and comparing each table.")
        # By the environment: arguments are for every user of the machine to read.
        urls = {"MOVE_FROM": before.url(SUPERUSER), "MOVE_TO": new.url(OWNER)}
        run("crm.keep.moving", **urls, MOVE_BY=str(old))
    finally:
        new.stop()
        before.stop()
    return cluster.data_folder(new.home)
