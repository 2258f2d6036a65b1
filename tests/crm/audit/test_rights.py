"""What the application's own role may do to the trail: read it, and nothing else."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from crm.audit import context, services
from crm.audit.services import security_event
from crm.models import SecurityEvent
from tests.trailed.models import Person, Street


def refused(statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return True


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_trail SET actor = 'nobody'",
        "DELETE FROM crm_trail",
        "TRUNCATE crm_trail",
        "INSERT INTO crm_trail SELECT * FROM crm_trail",
        "DELETE FROM crm_seal",
        "UPDATE crm_seal SET rows = 0",
        "UPDATE crm_trail_eras SET number = 9",
        "DELETE FROM crm_operation",
        "TRUNCATE trailed_street",
        "ALTER TABLE trailed_street DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SELECT crm_trail_note('I', '', NULL, '{}')",
        "SELECT crm_trail_blank(ARRAY[1::bigint], 'erase', ARRAY[]::uuid[])",
    ],
)
def test_the_application_cannot_touch_the_trail(statement, as_application, trail):
    Street.objects.create(name="Oak")
    with as_application():
        assert refused(statement)

    assert [record.op for record in trail()] == ["I"]


def test_the_application_s_changes_are_recorded(as_application, trail):
    with as_application(), context.acting("owner", page="people:lead"):
        person = Person.objects.create(name="Ramon")
        security_event("reveal", subject=person.id)

    assert [(record.op, record.actor) for record in trail()] == [("I", "owner"), ("E", "owner")]
    assert SecurityEvent.objects.get().page == "people:lead"


def test_the_application_may_erase_but_not_remove_what_is_young(as_application, trail):
    person = Person.objects.create(name="Ramon")
    with as_application():
        blanked = services.scrub(subjects=[person.id])

    assert blanked == 1
    assert trail().first().after["name"] is None
    assert [record.op for record in trail()] == ["I", "S"]
