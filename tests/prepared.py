"""Data folders that many tests copy: made once in a run, by the worker that wants one first."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from crm.runtime import engines, folders
from crm.runtime.home import Home
from crm.runtime.postgres import Server

BASE = Path(__file__).resolve().parent.parent
# A test may set another one for itself; all workers of a run begin with the same.
RUN = Path(os.environ["PORCHLIGHT_HOME"])
OWNER = """
from crm.models import Owner
Owner.objects.create_owner(email="carla@homes.example", password="a lamp by the door", name="C")
"""


def once(name: str, make: Callable[[Home], None]) -> Home:
    """Workers that come while it is made wait for it."""
    with (RUN / f"{name}.prepared").open("a+") as told:
        fcntl.flock(told, fcntl.LOCK_EX)
        told.seek(0)
        if not (root := told.read()):
            home = Home(folders.scratch())
            make(home)
            root = str(home.root)
            told.write(root)
    return Home(Path(root))


def copy(home: Home, place: Home) -> Home:
    subprocess.run(["cp", "-a", f"{home.root}/.", place.root], check=True)
    return place


def clear_up() -> None:
    for told in RUN.glob("*.prepared"):
        if root := told.read_text():
            shutil.rmtree(root, ignore_errors=True)


def started() -> Home:
    """After the database's first start."""
    return once("started", _start)


def settled() -> Home:
    """After the first `up`: what most of the starting time goes into."""
    return once("settled", _settle)


def owned() -> Home:
    """With its owner."""
    return once("owned", _own)


def _start(home: Home) -> None:
    server = Server(home, fast=True)
    server.start()
    server.stop()


def _settle(home: Home) -> None:
    copy(started(), home)
    with engines.used(home):
        _run(home, "-m", "crm.runtime.settle", **engines.embedded(home))


def _own(home: Home) -> None:
    copy(settled(), home)
    with engines.used(home):
        _run(home, "manage.py", "shell", "-v0", "-c", OWNER)


def _run(home: Home, *words: str, **own: str) -> None:
    taken = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PORCHLIGHT_KEYS")
    surroundings = {name: value for name, value in os.environ.items() if name not in taken}
    surroundings |= {"PORCHLIGHT_HOME": str(home.root), "PORCHLIGHT_NO_BOOTSTRAP": "1", **own}
    subprocess.run([sys.executable, *words], cwd=BASE, env=surroundings, check=True)
