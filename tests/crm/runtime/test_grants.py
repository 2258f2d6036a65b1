from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from crm.models import Heartbeat
from crm.runtime import grants, heartbeats

Application = Callable[[], AbstractContextManager[None]]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return error.__cause__.__class__.__name__ == "InsufficientPrivilege"
    return False


def test_application_reads_and_writes_rows(as_application: Application) -> None:
    with as_application():
        heartbeats.beat("worker")
        assert Heartbeat.objects.count() == 1
        Heartbeat.objects.all().delete()
        assert Heartbeat.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE crm_heartbeat ADD COLUMN more int",
        "ALTER TABLE crm_heartbeat DISABLE TRIGGER ALL",
        "DROP TABLE crm_heartbeat",
        "TRUNCATE crm_heartbeat",
        "CREATE TABLE mine (id int)",
        "CREATE TRIGGER t AFTER INSERT ON crm_heartbeat EXECUTE FUNCTION f()",
        "DELETE FROM django_migrations",
    ],
)
def test_application_alters_nothing(as_application: Application, statement: str) -> None:
    with as_application():
        assert refused(statement)


def test_restricted_table_keeps_only_what_is_named(
    as_application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(grants.restricted, "crm_heartbeat", "SELECT")
    grants.apply()
    with as_application():
        assert not refused("SELECT * FROM crm_heartbeat")
        assert refused("DELETE FROM crm_heartbeat")


def test_migrate_grants_anew(as_application: Application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("REVOKE ALL ON crm_heartbeat FROM porchlight_app")
    call_command("migrate", verbosity=0)
    with as_application():
        assert not refused("SELECT * FROM crm_heartbeat")


def test_apart_says_whether_the_trail_is_strong(as_application: Application) -> None:
    assert grants.apart() is False
    with as_application():
        assert grants.apart() is True
