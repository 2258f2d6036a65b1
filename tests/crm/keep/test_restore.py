"""From one machine to an empty one, with the product's own commands in processes of their own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from crm.keep.server import address, create_database, database_url, drop_database
from crm.runtime.locks import FileLock
from tests import prepared

SET_UP = """
from crm.models import Owner, RetentionRule
make = Owner.objects.create_owner
make(email="carla@homes.example", password="a lamp by the door", name="Carla")
rules = (RetentionRule(category=f"kept {n}", days=n + 1) for n in range(500))
RetentionRule.objects.bulk_create(rules)
from django.contrib.sessions.backends.db import SessionStore
SessionStore().save()
from crm.vault import keyring
keyring.make()
"""
SESSIONS = "SELECT count(*) FROM django_session"


class Machine:
    """A data folder and a database of its own."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        url = database_url(name)
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "PORCHLIGHT_HOME": str(folder),
            "PORCHLIGHT_NO_BOOTSTRAP": "1",
            "DJANGO_SETTINGS_MODULE": "crm.settings",
        }
        self.environment.pop("PORCHLIGHT_KEYS", None)

    def run(self, *words, typed=None):
        return subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def works(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query, database=""):
        with psycopg.connect(address(database or self.name)) as opened:
            return opened.execute(query).fetchall()


def copy_of(pattern, name):
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(statement.format(sql.Identifier(name), sql.Identifier(pattern)))


@pytest.fixture(scope="module")
def machine(tmp_path_factory, django_db_setup):
    made = []

    def make(name, *, migrated=False):
        folder = tmp_path_factory.mktemp(name)
        machine = Machine(folder, f"porchlight_{name}_{secrets.token_hex(4)}")
        copy_of(prepared.house(), machine.name) if migrated else create_database(machine.name)
        made.append(machine.name)
        return machine

    yield make
    with psycopg.connect(address("postgres")) as server:
        found = server.execute("SELECT datname FROM pg_database").fetchall()
    for (name,) in found:
        if any(name.startswith(mine) for mine in made):
            drop_database(name)


@pytest.fixture(scope="module")
def old(machine):
    """A machine in use, with a backup that was tried."""
    old = machine("old", migrated=True)
    old.works("shell", "-c", SET_UP)
    (old.folder / "attachments").mkdir()
    (old.folder / "attachments" / "deed").write_bytes(b"a deed")
    old.works("backup", "--verify")
    old.code = old.works("backup", "--code").strip()
    old.sessions = old.ask(SESSIONS)
    old.backups = str(old.folder / "backups")
    return old


@pytest.fixture(scope="module")
def new(old, machine):
    """Empty until that backup was restored on it."""
    new = machine("new")
    new.said = new.works("restore", old.backups, "--code", old.code)
    return new


def test_an_empty_machine_gets_everything_back_with_one_command(old, new):
    assert "Done." in new.said
    assert new.ask("SELECT email, name FROM crm_owner") == [("carla@homes.example", "Carla")]
    assert new.ask("SELECT count(*), sum(days) FROM crm_retentionrule") == [(500, 125_250)]
    assert (new.folder / "attachments" / "deed").read_bytes() == b"a deed"
    assert (new.folder / "keys" / "recovery-code").read_text().strip() == old.code


def test_what_came_back_says_itself_which_backups_are_there(new):
    rows = new.ask("SELECT state, thinned_at IS NULL FROM crm_backup")
    assert rows == [("verified", False)]


def test_whoever_was_signed_in_signs_in_anew(old, new):
    assert (old.sessions, new.ask(SESSIONS)) == ([(1,)], [(0,)])


def test_nothing_is_restored_under_a_running_porchlight(old, machine):
    here = machine("here")
    lock = FileLock(here.folder / "state" / "up.lock")
    lock.exclusive()
    done = here.run("restore", old.backups, "--code", old.code)
    lock.close()
    assert (done.returncode, "Porchlight is running here" in done.stderr) == (1, True)
    assert here.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_wrong_code_changes_nothing(old, machine):
    here = machine("here")
    done = here.run("restore", old.backups, "--code", "ABCDE-FGHIJ")
    assert (done.returncode, "Nothing was changed." in done.stderr) == (1, True)
    assert here.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_data_that_is_there_is_never_replaced_unasked(old):
    done = old.run("restore", old.backups, "--code", old.code)
    assert (done.returncode, "--put-aside" in done.stderr) == (1, True)


KILLED = """
import os, sys
import django
django.setup()
from pathlib import Path
from crm.keep import restoring
restoring._swap = lambda: os._exit(9)
restoring.restore(Path(sys.argv[1]), code=sys.argv[2], put_aside=True)
"""


ASIDE = """
SELECT datname FROM pg_database WHERE starts_with(datname, current_database() || '_before_')
"""


def test_a_killed_restore_changed_nothing_and_the_next_keeps_what_was_there(old, machine):
    """All is ready beside by then: rows, keys, attachments; what is here is as it was."""
    here = machine("here", migrated=True)
    here.works("shell", "-c", SET_UP.replace("Carla", "Dolores"))
    attachments = here.folder / "attachments"
    attachments.mkdir()
    (attachments / "mine").write_bytes(b"mine")
    keys = {path.name: path.read_bytes() for path in (here.folder / "keys").iterdir()}
    environment = here.environment | {"PORCHLIGHT_AS_OWNER": "1"}
    command = [sys.executable, "-c", KILLED, old.backups, old.code]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, check=False)
    assert done.returncode == 9
    assert here.ask("SELECT name FROM crm_owner") == [("Dolores",)]
    assert (attachments / "mine").read_bytes() == b"mine"
    assert {path.name: path.read_bytes() for path in (here.folder / "keys").iterdir()} == keys
    here.works("restore", old.backups, "--code", old.code, "--put-aside")
    assert here.ask("SELECT name FROM crm_owner") == [("Carla",)]
    assert (attachments / "deed").read_bytes() == b"a deed"
    ((aside,),) = here.ask(ASIDE)
    assert here.ask("SELECT name FROM crm_owner", aside) == [("Dolores",)]
    left = [path.name for path in here.folder.iterdir() if path.name.endswith(".restoring")]
    assert left == []
    # Another Porchlight's keys: what was here keeps its own beside, under another name.
    assert len(list((here.folder / "keys").glob("keyring.json.before-*"))) == 1
