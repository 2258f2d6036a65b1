from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.db import connection

from crm.bench import refusing
from crm.models import Owner

pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def without_fsync(reasons: list[str]) -> list[str]:
    """The server of the tests may run without fsync; the rest is set here."""
    return [reason for reason in reasons if not reason.startswith("fsync")]


def test_fsync_is_reported_as_the_server_has_it():
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        (value,) = cursor.fetchone()
    assert ("fsync is off." in refusing.server_reasons()) is (value == "off")


def test_synchronous_commit_off_is_refused():
    assert without_fsync(refusing.server_reasons()) == []
    run("SET LOCAL synchronous_commit = off")
    assert without_fsync(refusing.server_reasons()) == ["synchronous_commit is off."]


def test_replica_role_is_refused_since_triggers_sleep_in_it():
    run("SET LOCAL session_replication_role = replica")
    assert without_fsync(refusing.server_reasons()) == ["session_replication_role is replica."]


@pytest.fixture
def trigger():
    """A trigger on the owner's table, declared and installed as any room does."""
    made: Any = pgtrigger.Trigger(
        name="bench_probe",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func="RETURN NEW;",
    )
    with made.register(Owner):
        made.install(Owner)
        yield made


def test_triggers_in_place_give_no_reason(trigger):
    assert refusing.trigger_reasons() == []


def test_a_missing_trigger_is_refused(trigger):
    trigger.uninstall(Owner)
    assert refusing.trigger_reasons() == ["The trigger bench_probe on crm_owner is missing."]


def test_a_disabled_trigger_is_refused(trigger):
    run(f"ALTER TABLE crm_owner DISABLE TRIGGER {trigger.get_pgid(Owner)}")
    assert refusing.trigger_reasons() == ["The trigger bench_probe on crm_owner is off."]
