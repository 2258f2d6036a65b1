"""What many tests copy: made once in a run, by the worker that wants it first."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from crm.runtime import binaries, cluster, engines, folders
from crm.runtime.home import Home
from crm.runtime.postgres import Server

BASE = Path(__file__).resolve().parent.parent
# A test may set another one for itself; all workers of a run begin with the same.
RUN = Path(os.environ["PORCHLIGHT_HOME"])
DEBIAN = Path("/usr/lib/postgresql/15/bin")
OWNER = """
from crm.models import Owner
Owner.objects.create_owner(email="carla@homes.example", password="a lamp by the door", name="C")
"""


def once(name: str, make: Callable[[], str]) -> str:
    """What `make` answers; workers that come while it works wait for it."""
    with (RUN / f"{name}.prepared").open("a+") as told:
        fcntl.flock(told, fcntl.LOCK_EX)
        told.seek(0)
        if not (made := told.read()):
            made = make()
            told.write(made)
    return made


def folder(name: str, make: Callable[[Home], None]) -> Home:
    def root() -> str:
        home = Home(folders.scratch(fleeting=True))
        make(home)
        return str(home.root)

    return Home(Path(once(f"{name}.folder", root)))


def copy(home: Home, place: Home) -> Home:
    subprocess.run(["cp", "-a", f"{home.root}/.", place.root], check=True)
    return place


def clear_up() -> None:
    for told in RUN.glob("*.folder.prepared"):
        if root := told.read_text():
            shutil.rmtree(root, ignore_errors=True)
    for told in RUN.glob("*.database.prepared"):
        _drop(told.read_text())


def house() -> str:
    """The name of a database that the house's own `migrate` made."""
    return once("house.database", _migrate)


def database() -> str:
    """The same with the tables of the tests' own."""
    return once("tests.database", _add_ours)


def _migrate() -> str:
    from crm.keep.server import create_database, database_url

    name = f"porchlight_house_{secrets.token_hex(6)}"
    create_database(name)
    url = database_url(name)
    run(Home(RUN), "manage.py", "migrate", "-v0", DATABASE_URL=url, DATABASE_OWNER_URL=url)
    return name


def _add_ours() -> str:
    from django.conf import settings
    from django.db import connection

    known, real = connection.settings_dict, connection.settings_dict["NAME"]
    usual = known["TEST"]
    name = f"porchlight_pattern_{secrets.token_hex(6)}"
    known["TEST"] = usual | {"NAME": name, "TEMPLATE": house()}
    connection.creation.create_test_db(verbosity=0, serialize=False)
    # A database that is in use can't be copied.
    connection.close()
    settings.DATABASES["default"]["NAME"] = known["NAME"] = real
    known["TEST"] = usual
    return name


def _drop(name: str) -> None:
    """Asked without Django, which the process that minds the workers has not set up."""
    if not name:
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def started() -> Home:
    """After the database's first start."""
    return folder("started", _start)


def settled() -> Home:
    """After the first `up`: what most of the starting time goes into."""
    return folder("settled", _settle)


def made_by_15() -> Home:
    """After the first `up` on Debian's PostgreSQL 15, our oldest."""
    if not (DEBIAN / "postgres").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL 15 is missing: apt-get install postgresql-15")
        pytest.skip("PostgreSQL 15 is not on this machine.")
    return folder("made_by_15", _settle_on_15)


def owned() -> Home:
    """With its owner."""
    return folder("owned", _own)


def _start(home: Home) -> None:
    server = Server(home, fast=True)
    server.start()
    server.stop()


def _settle(home: Home) -> None:
    copy(started(), home)
    with engines.used(home):
        run(home, "-m", "crm.runtime.settle", **engines.embedded(home))


def _settle_on_15(home: Home) -> None:
    with pytest.MonkeyPatch.context() as older, binaries.other_postgres(DEBIAN):
        # The builtin provider came with 17.
        older.setattr(cluster, "LOCALE", ["--locale=C.UTF-8"])
        with engines.used(home):
            run(home, "-m", "crm.runtime.settle", **engines.embedded(home))


def _own(home: Home) -> None:
    copy(settled(), home)
    with engines.used(home):
        run(home, "manage.py", "shell", "-v0", "-c", OWNER)


def run(home: Home, *words: str, **own: str) -> str:
    """What a process of that house says."""
    taken = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PORCHLIGHT_KEYS")
    surroundings = {name: value for name, value in os.environ.items() if name not in taken}
    surroundings |= {"PORCHLIGHT_HOME": str(home.root), "PORCHLIGHT_NO_BOOTSTRAP": "1", **own}
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=BASE, env=surroundings, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()
