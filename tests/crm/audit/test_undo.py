from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.audit import services, undo_sql
from crm.audit.services import operation
from crm.audit.undo import CannotUndo, Left, undo
from crm.models import Operation, Trail
from crm.vault.ids import uuid7
from tests.trailed.models import Note, Person, Street

pytestmark = pytest.mark.django_db


def picture():
    """All rows as the database has them, without the columns that no trail keeps."""
    tables = {}
    with connection.cursor() as cursor:
        for model in (Street, Person, Note):
            table = model._meta.db_table
            cursor.execute(f"SELECT id::text, to_jsonb(t)::text FROM {table} t ORDER BY 1")  # noqa: S608
            tables[table] = cursor.fetchall()
    return tables


def test_rows_of_one_operation_are_not_compared_with_each_other():
    """The planner has never heard of it, and would take many for one."""
    with operation("Bulk") as bulk:
        Person.objects.create(name="Ramon")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {undo_sql.GROUPS}", {"operation": bulk})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("crm_trail" in plan, "Join" in plan, "Loop" in plan) == (True, False, False)


def test_a_changed_field_goes_back():
    person = Person.objects.create(name="Ramon", budget=Decimal("99999999999999.99"))
    before = picture()
    with operation("Bulk") as bulk:
        Person.objects.update(name="Lena", budget=Decimal("1"))
    report = undo(bulk)

    assert picture() == before
    assert (report.changed_back, report.removed, report.returned, report.left) == (1, 0, 0, [])
    assert Trail.objects.of_row("trailed_person", str(person.id)).last().operation == (
        report.operation
    )


def test_a_field_changed_twice_goes_back_to_the_first():
    Person.objects.create(name="Ramon")
    before = picture()
    with operation("Bulk") as bulk:
        Person.objects.update(name="Lena")
        Person.objects.update(name="Mia", mood="quiet")
    undo(bulk)

    assert picture() == before


def test_a_field_changed_since_stays_and_is_listed():
    person = Person.objects.create(name="Ramon", tags=["sea"])
    with operation("Bulk") as bulk:
        Person.objects.update(name="Lena", tags=["hill"])
    Person.objects.update(name="Mia")
    report = undo(bulk)

    person.refresh_from_db()
    assert (person.name, person.tags) == ("Mia", ["sea"])
    assert report.left == [Left("trailed_person", str(person.id), "changed since", ("name",))]


def test_a_created_row_goes():
    before = picture()
    with operation("Import") as imported:
        ramon = Person.objects.create(name="Ramon", street=Street.objects.create(name="Oak"))
        Note.objects.create(person=ramon, body="Called")
    report = undo(imported)

    assert picture() == before
    assert report.removed == 3


def test_a_created_person_touched_since_stays_with_all_its_rows():
    with operation("Import") as imported:
        oak = Street.objects.create(name="Oak")
        Street.objects.create(name="Elm")
        ramon = Person.objects.create(name="Ramon", street=oak)
        lena = Person.objects.create(name="Lena")
        note = Note.objects.create(person=ramon, body="Called")
        Note.objects.create(person=lena, body="Wrote")
    ramon.name = "Ramón"
    ramon.save()
    report = undo(imported)

    assert list(Person.objects.all()) == [ramon]
    assert list(Note.objects.all()) == [note]
    assert list(Street.objects.all()) == [oak]
    assert report.removed == 3
    assert sorted(report.left, key=lambda left: left.table) == [
        Left("trailed_note", str(note.id), "used or changed since"),
        Left("trailed_person", str(ramon.id), "used or changed since"),
        Left("trailed_street", str(oak.id), "used or changed since"),
    ]


def test_a_created_person_written_about_since_stays():
    with operation("Import") as imported:
        ramon = Person.objects.create(name="Ramon")
    Note.objects.create(person=ramon, body="Called")
    report = undo(imported)

    assert Person.objects.get() == ramon
    assert report.left == [Left("trailed_person", str(ramon.id), "used or changed since")]


def test_a_created_row_used_since_stays():
    with operation("Import") as imported:
        oak = Street.objects.create(name="Oak")
    Person.objects.create(name="Ramon", street=oak)
    report = undo(imported)

    assert Street.objects.get() == oak
    assert report.left == [Left("trailed_street", str(oak.id), "used or changed since")]


def test_a_created_row_used_only_by_what_goes_back_goes_and_comes_again():
    oak = Street.objects.create(name="Oak")
    ramon = Person.objects.create(name="Ramon", street=oak)
    with operation("Move") as moved:
        Person.objects.update(street=Street.objects.create(name="Elm"))

    report = undo(moved)

    ramon.refresh_from_db()
    assert (report.left, ramon.street) == ([], oak)
    assert list(Street.objects.all()) == [oak]
    undo(report.operation)
    ramon.refresh_from_db()
    assert ramon.street.name == "Elm"


def test_deleted_rows_return_with_their_ids_and_ciphertext():
    ramon = Person.objects.create(name="Ramon", secret=b"\x00\xffsealed", words=[1, 2])
    Note.objects.create(person=ramon, body="Called")
    Person.objects.update(words=[])
    before = picture()
    with operation("Merge") as merge:
        Person.objects.update(name="Nobody")
        Person.objects.get().delete()
    report = undo(merge)

    assert picture() == before
    assert (report.returned, report.left) == (2, [])


def test_a_deleted_row_whose_place_is_taken_is_listed():
    oak = Street.objects.create(name="Oak")
    with operation("Tidy") as tidy:
        Street.objects.filter(id=oak.id).delete()
    Street.objects.create(name="Oak")
    report = undo(tidy)

    assert Street.objects.count() == 1
    assert report.left == [Left("trailed_street", str(oak.id), "its place is taken")]


def test_a_deleted_row_whose_parent_went_since_is_listed():
    ramon = Person.objects.create(name="Ramon")
    note = Note.objects.create(person=ramon, body="Called")
    with operation("Tidy") as tidy:
        Note.objects.all().delete()
    ramon.delete()
    report = undo(tidy)

    assert report.left == [Left("trailed_note", str(note.id), "what it belonged to is gone")]
    assert Note.objects.count() == 0


def test_a_reference_to_what_went_since_does_not_go_back():
    oak = Street.objects.create(name="Oak")
    ramon = Person.objects.create(name="Ramon", street=oak)
    with operation("Move") as move:
        Person.objects.update(street=Street.objects.create(name="Elm"), name="Lena")
    oak.delete()
    report = undo(move)

    ramon.refresh_from_db()
    assert (ramon.name, ramon.street.name) == ("Ramon", "Elm")
    assert Left("trailed_person", str(ramon.id), "what it belonged to is gone", ("street_id",)) in (
        report.left
    )


def test_a_value_that_another_took_since_is_listed():
    oak, elm = Street.objects.create(name="Oak"), Street.objects.create(name="Elm")
    with operation("Bulk") as bulk:
        Street.objects.filter(id=oak.id).update(name="Old Oak")
        Street.objects.filter(id=elm.id).update(name="Old Elm")
    Street.objects.create(name="Oak")
    report = undo(bulk)

    elm.refresh_from_db()
    assert elm.name == "Elm"
    assert report.left == [Left("trailed_street", str(oak.id), "its place is taken", ("name",))]


def test_an_erased_person_does_not_come_back():
    ramon = Person.objects.create(name="Ramon")
    with operation("Tidy") as tidy:
        Person.objects.all().delete()
    services.scrub(subjects=[ramon.id])
    report = undo(tidy)

    assert Person.objects.count() == 0
    assert report.left == [Left("trailed_person", str(ramon.id), "erased")]


def test_an_undo_can_be_undone_and_that_too():
    Person.objects.create(name="Ramon")
    before = picture()
    with operation("Bulk") as bulk:
        Person.objects.update(name="Lena")
        Note.objects.create(person=Person.objects.get(), body="Called")
    after = picture()

    undone = undo(bulk)
    assert picture() == before
    redone = undo(undone.operation)
    assert picture() == after
    undo(redone.operation)
    assert picture() == before
    assert list(Operation.objects.order_by("at", "id").values_list("name", flat=True)) == [
        "Bulk", "Undo Bulk", "Do again: Bulk", "Undo Bulk",
    ]  # fmt: skip


def test_an_operation_is_undone_once():
    with operation("Bulk") as bulk:
        Street.objects.create(name="Oak")
    undo(bulk)

    with pytest.raises(CannotUndo, match="undone already"):
        undo(bulk)


def test_the_operation_says_what_was_undone():
    with operation("Bulk") as bulk:
        Street.objects.create(name="Oak")
    report = undo(bulk)

    assert Operation.objects.get(id=report.operation).summary == {
        "undone": "Bulk", "changed_back": 0, "removed": 1, "returned": 0, "left": 0, "listed": [],
    }  # fmt: skip


def test_the_queries_of_an_undo_do_not_grow_with_its_rows(django_assert_num_queries):
    def run(many):
        with operation("Bulk") as bulk:
            Person.objects.bulk_create(Person(name=f"Person {n}") for n in range(many))
        with connection.execute_wrapper(counting := Counting()):
            undo(bulk)
        return counting.statements

    assert run(1) == run(30)


class Counting:
    statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


NAMES = st.sampled_from(["Ana", "Ben", "Cruz", "Dela Cruz", "Ñ"])
AMOUNTS = st.one_of(
    st.none(), st.decimals(0, 10**15, places=2, allow_nan=False, allow_infinity=False)
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add person", "add note", "rename", "budget", "tags", "move", "delete", "delete note"]
        ),
        st.integers(0, 9),
        NAMES,
        AMOUNTS,
    ),
    max_size=12,
)


def chosen(model, number):
    rows = list(model.objects.order_by("id"))
    return rows[number % len(rows)] if rows else None


def take(step):
    what, number, name, amount = step
    person = chosen(Person, number)
    if what == "add person":
        Person.objects.create(name=name, budget=amount, street=chosen(Street, number))
    elif what == "delete note":
        Note.objects.filter(id__in=[note.id for note in [chosen(Note, number)] if note]).delete()
    elif person is None:
        return
    elif what == "add note":
        Note.objects.create(person=person, body=name)
    elif what == "delete":
        person.delete()
    else:
        value = {
            "rename": {"name": name},
            "budget": {"budget": amount},
            "tags": {"tags": [name] * (number % 3)},
            "move": {"street": chosen(Street, number), "mood": "quiet"},
        }[what]
        Person.objects.filter(id=person.id).update(**value)


class Laws(TestCase):
    def arrange(self):
        for name in ("Oak", "Elm"):
            street = Street.objects.create(name=name)
            person = Person.objects.create(id=uuid7(), name=name, street=street)
            Note.objects.create(person=person, body="Called")

    @hypothesis_settings(max_examples=25, deadline=None)
    @given(STEPS)
    def test_what_nobody_touched_since_is_restored_exactly(self, steps):
        self.arrange()
        before = picture()
        with operation("Random") as random:
            for step in steps:
                take(step)
        after = picture()
        report = undo(random)
        assert report.left == []
        assert picture() == before
        undo(report.operation)
        assert picture() == after

    @hypothesis_settings(max_examples=25, deadline=None)
    @given(STEPS, STEPS)
    def test_later_edits_are_kept(self, steps, later):
        self.arrange()
        with operation("Random") as random:
            for step in steps:
                take(step)
        mark = Trail.objects.order_by("-id").values_list("id", flat=True).first()
        for step in later:
            take(step)
        edited = {
            (row.table_name, row.row_id, key): value
            for row in Trail.objects.filter(id__gt=mark, op="U").order_by("id")
            for key, value in row.after.items()
        }
        written = {
            (row.table_name, row.row_id, key): value
            for row in Trail.objects.filter(operation=random, op="U").order_by("id")
            for key, value in row.after.items()
        }
        there = {pk for rows in picture().values() for pk, _ in rows}
        undo(random)
        now = {row.pk: row for row in Person.objects.all()}
        for (table, row_id, key), value in edited.items():
            if table == "trailed_person" and row_id in there and key == "name":
                assert row_id in {str(pk) for pk in now}
                if value != written.get((table, row_id, key)):
                    assert Person.objects.get(id=row_id).name == value
        assert there - {pk for rows in picture().values() for pk, _ in rows} <= {
            row.row_id for row in Trail.objects.filter(operation=random, op="I")
        }
