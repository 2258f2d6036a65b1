from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.db import connection, transaction

from crm.audit import tracking
from crm.models import Trail
from tests.trailed.models import Note, Person, Street


def microseconds(at):
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def ops(records):
    return [(record.op, record.table_name, record.row_id) for record in records]


def test_a_created_row_is_recorded_whole_but_for_excluded_columns(trail):
    person = Person.objects.create(name="Ramon", budget=Decimal("8000000.50"), words=[1, 2])

    record = trail().get()
    assert ops([record]) == [("I", "trailed_person", str(person.id))]
    assert record.subject == person.id
    assert record.before is None
    assert record.after == {
        "id": str(person.id), "name": "Ramon", "mood": "keen", "budget": 8000000.50,
        "tags": [], "street_id": None, "secret": "\\x",
    }  # fmt: skip


def test_an_update_keeps_only_the_columns_that_changed(trail):
    person = Person.objects.create(name="Ramon", tags=["sea"])
    person.name, person.tags = "Ramón", ["sea", "hill"]
    person.save()

    record = trail().last()
    assert ops([record]) == [("U", "trailed_person", str(person.id))]
    assert record.before == {"name": "Ramon", "tags": ["sea"]}
    assert record.after == {"name": "Ramón", "tags": ["sea", "hill"]}


def test_an_update_that_changes_nothing_is_no_record(trail):
    person = Person.objects.create(name="Ramon", words=[1])
    person.save()
    Person.objects.update(words=[7])

    assert [record.op for record in trail()] == ["I"]


def test_a_value_cleared_is_told_from_a_value_set_to_null_text(trail):
    person = Person.objects.create(name="null", budget=Decimal("1"))
    Person.objects.update(budget=None)

    assert trail().last().before == {"budget": 1.0}
    assert trail().last().after == {"budget": None}
    assert trail().last().row_id == str(person.id)


def test_a_deleted_row_is_recorded_whole(trail):
    person = Person.objects.create(name="Ramon")
    note = Note.objects.create(person=person, body="Called")
    person_id = person.id
    person.delete()

    assert ops(trail())[2:] == [
        ("D", "trailed_note", str(note.id)),
        ("D", "trailed_person", str(person_id)),
    ]
    assert trail()[2].subject == person_id
    assert trail()[2].before == {
        "id": str(note.id),
        "person_id": str(person_id),
        "body": "Called",
    }


def test_bulk_statements_are_recorded_row_by_row(trail):
    people = Person.objects.bulk_create(Person(name=f"Person {n}") for n in range(30))
    Person.objects.filter(name__endswith="1").update(mood="quiet")
    Person.objects.filter(name__endswith="2").delete()

    recorded = [record.op for record in trail()]
    assert recorded == ["I"] * 30 + ["U"] * 3 + ["D"] * 3
    assert [record.row_id for record in trail()[:30]] == [str(person.id) for person in people]


def test_raw_sql_copy_and_upserts_are_recorded(trail):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trailed_street (name) VALUES ('Oak')")
        with cursor.copy("COPY trailed_street (name) FROM STDIN") as copy:
            copy.write_row(["Elm"])
        cursor.execute(
            "INSERT INTO trailed_street (name) VALUES ('Elm'), ('Ash') "
            "ON CONFLICT (name) DO UPDATE SET name = 'Elm Street'"
        )

    # One statement fires each of its triggers once: the update's before the insert's.
    assert [(record.op, record.after["name"]) for record in trail()] == [
        ("I", "Oak"),
        ("I", "Elm"),
        ("U", "Elm Street"),
        ("I", "Ash"),
    ]


def test_a_changed_primary_key_is_a_deletion_and_a_creation(trail):
    street = Street.objects.create(name="Oak")
    Street.objects.filter(pk=street.pk).update(id=street.pk + 1000)

    assert sorted(ops(trail()[1:])) == [
        ("D", "trailed_street", str(street.pk)),
        ("I", "trailed_street", str(street.pk + 1000)),
    ]


def test_a_truncated_table_is_recorded_as_the_deletion_of_its_rows(trail):
    Person.objects.create(name="Ramon")
    Person.objects.create(name="Lena")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE trailed_person CASCADE")

    assert [(record.op, record.before["name"]) for record in trail()[2:]] == [
        ("D", "Ramon"),
        ("D", "Lena"),
    ]


def test_a_trigger_cannot_be_switched_off_by_the_session(trail):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_trail_%'")
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{','.join(names)}}}"]
        )
    Street.objects.create(name="Oak")

    assert len(names) == 4 * len(tracking.tracked_models())
    assert [record.op for record in trail()] == ["I"]


def test_a_record_carries_the_digest_of_what_it_says(trail):
    street = Street.objects.create(name="Oak's \\ end")

    record = trail().get()
    said = (
        f"{record.era} {record.xid} {microseconds(record.at)} I 'trailed_street' "
        f"'{street.id}' - - "
        f'{{"id": {street.id}, "name": "Oak\'s \\\\ end"}} '
        f"'' '{record.actor}' '{record.page}' -"
    )
    assert bytes(record.digest) == hashlib.sha256(said.encode()).digest()


@pytest.mark.usefixtures("db")
def test_a_rolled_back_change_leaves_no_record():
    before = Trail.objects.count()
    with transaction.atomic():
        Street.objects.create(name="Oak")
        transaction.set_rollback(True)

    assert Trail.objects.count() == before
