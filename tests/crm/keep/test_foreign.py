"""With a server of one's own: another release than ours, and an owner who is no superuser."""

from __future__ import annotations

import shutil

import psycopg
import pytest

from crm.runtime import binaries, folders, processes
from crm.runtime.postgres import Server
from crm.runtime.roles import OWNER
from tests import prepared
from tests.crm.keep.conftest import Machine
from tests.prepared import DEBIAN

pytestmark = pytest.mark.machine


@pytest.fixture
def debians():
    """A machine whose database is Debian's PostgreSQL 15, with our tables in it."""
    machine = Machine(folders.scratch(fleeting=True))
    machine.server = Server(prepared.copy(prepared.made_by_15(), machine.home), fast=True)
    with binaries.other_postgres(DEBIAN):
        machine.server.start(die_with_parent=True)
    yield machine
    with binaries.other_postgres(DEBIAN):
        machine.server.stop(patience=5)
    shutil.rmtree(machine.home.root)


@pytest.fixture
def tired():
    """A machine whose server vacuums the database all the time, at its leisure."""
    machine = Machine(folders.scratch(fleeting=True))
    machine.server = Server(prepared.copy(prepared.started(), machine.home), fast=True)
    machine.server.start(die_with_parent=True)
    machine.as_superuser("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    machine.as_superuser("SELECT pg_reload_conf()")
    yield machine
    machine.server.stop(patience=5)
    shutil.rmtree(machine.home.root)


def run(machine, *words):
    """As where the database's address is given: nothing but the address tells whose it is."""
    url = machine.server.url(OWNER)
    given = {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "PORCHLIGHT_AS_OWNER": "1"}
    return prepared.run(machine.home, *words, **given)


def test_a_backup_of_a_later_release_comes_back_on_ours(debians, new):
    """It keeps something of each column that ours has not heard of, and never asked for."""
    with psycopg.connect(debians.server.url(OWNER)) as database:
        kept = database.execute(
            "SELECT DISTINCT split_part(attoptions[1], '=', 1) FROM pg_attribute"
        )
        if ("pg_attver",) not in kept.fetchall():
            pytest.skip("This PostgreSQL 15 is from before November 2026.")
    debians.write("kept")
    run(debians, "manage.py", "backup")
    code = (debians.home.keys / "recovery-code").read_text().strip()
    new.works("restore", str(debians.home.backups), "--code", code)
    assert new.kept() == ["kept"]


WORN = """
CREATE TABLE worn (id int) WITH (autovacuum_vacuum_threshold = 1,
    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
INSERT INTO worn SELECT generate_series(1, 100000);
DELETE FROM worn
"""
VACUUM = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'autovacuum worker' AND datname = 'porchlight'
"""
SWAP = """
import django
django.setup()
from crm.keep import restoring, server
server.create_database(restoring.NEW)
print(restoring._swap())
"""


def test_a_restored_database_takes_its_place_while_the_server_vacuums_the_old(tired):
    """Only a superuser may end that, which the owner is not; it ends by itself."""
    with psycopg.connect(tired.server.url(OWNER), autocommit=True) as database:
        database.execute(WORN)
    assert processes.wait_until(lambda: tired.as_superuser(VACUUM) == (1,), 60)
    aside = run(tired, "-c", SWAP).strip()
    there = tired.as_superuser("SELECT array_agg(datname ORDER BY datname) FROM pg_database")
    assert there[0] == ["porchlight", aside, "postgres", "template0", "template1"]
