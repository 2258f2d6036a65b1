"""Machines with the embedded database: a data folder, as `up` leaves it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import psycopg
import pytest
from django.conf import settings
from django.test import override_settings

from crm.keep import recovery
from crm.runtime import engines, folders
from crm.runtime.home import Home
from crm.runtime.postgres import SUPERUSER, Server
from crm.runtime.roles import OWNER
from tests import prepared

RULE = "INSERT INTO crm_retentionrule (category, days, changed_at) VALUES (%s, %s, now())"
KEPT = "SELECT category FROM crm_retentionrule ORDER BY days"


class Machine:
    """A data folder with the embedded database, as `up` leaves it."""

    def __init__(self, root):
        self.home = Home(root)
        self.server = Server(self.home)

    def run(self, *words):
        taken = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORCHLIGHT_KEYS")
        return subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            env={k: v for k, v in os.environ.items() if k not in taken}
            | {"PORCHLIGHT_HOME": str(self.home.root), "PORCHLIGHT_NO_BOOTSTRAP": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def works(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, *rules):
        with psycopg.connect(self.server.url(OWNER), autocommit=True) as database:
            for days, rule in enumerate(rules, int(time.time() * 1000) % 2**30):
                database.execute(RULE, [rule, days])

    def kept(self):
        with engines.used(self.home), psycopg.connect(self.server.url(OWNER)) as database:
            return [row[0] for row in database.execute(KEPT)]

    def as_superuser(self, statement):
        with psycopg.connect(self.server.url(SUPERUSER, "postgres"), autocommit=True) as database:
            found = database.execute(statement)
            return found.fetchone() if found.description else None


@pytest.fixture
def machine():
    machine = Machine(folders.scratch(fleeting=True))
    prepared.copy(prepared.owned(), machine.home)
    share = engines.use(machine.home, die_with_parent=True, server=machine.server)
    backups = machine.home.backups
    with override_settings(HOME=machine.home, BACKUPS=backups, KEY_BACKUPS=backups / "keys"):
        machine.code = recovery.code()
        yield machine
    share.lock.close()
    machine.server.stop(patience=5)
    shutil.rmtree(machine.home.root)


@pytest.fixture
def new():
    machine = Machine(folders.scratch(fleeting=True))
    yield machine
    machine.server.stop(patience=5)
    shutil.rmtree(machine.home.root)
