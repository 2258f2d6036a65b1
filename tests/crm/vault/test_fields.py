from __future__ import annotations

import pickle
from uuid import UUID

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.models import F
from django.forms import modelform_factory

from crm.models import DataKey
from crm.vault import data_keys
from crm.vault.errors import Erased, Refused
from crm.vault.fields import EncryptedText, Sealed
from crm.vault.ids import uuid7
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db


def make_note(**values) -> Note:
    return Note.objects.create(person=Person.objects.create(name="Ana"), **values)


def stored(note, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM sample_note WHERE id = %s", [note.id])  # noqa: S608
        return cursor.fetchone()[0]


def test_text_is_sealed_in_the_database_and_open_in_python():
    note = make_note(body="Wants a garden")
    value = stored(note, "body")
    assert b"garden" not in value
    assert UUID(bytes=value[1:17]) == note.data_key
    assert Note.objects.get().body == "Wants a garden"


def test_json_goes_through():
    note = make_note(data={"pets": ["cat", None, 3]})
    assert Note.objects.get(id=note.id).data == {"pets": ["cat", None, 3]}


def test_empty_text_is_null_and_reads_as_empty():
    note = make_note(body="")
    assert stored(note, "body") is None
    assert Note.objects.get().body == ""
    assert Note.objects.filter(body__isnull=True).count() == 1


def test_equal_texts_are_sealed_differently():
    first, second = make_note(body="same"), make_note(body="same")
    assert stored(first, "body") != stored(second, "body")


def test_saving_an_unchanged_row_keeps_what_is_stored():
    note = make_note(body="same", data={"a": 1})
    before = stored(note, "body"), stored(note, "data")
    read = Note.objects.get()
    assert read.body == "same"
    read.body = "same"
    assert read.data == {"a": 1}
    read.save()
    note.save()
    assert (stored(note, "body"), stored(note, "data")) == before


def test_json_changed_in_place_is_saved():
    make_note(data={"a": 1})
    read = Note.objects.get()
    read.data["b"] = 2
    read.save()
    assert Note.objects.get().data == {"a": 1, "b": 2}


def test_reading_a_list_opens_nothing(monkeypatch):
    make_note(body="Wants a garden")
    monkeypatch.setattr(Sealed, "opened", None)
    assert [note.happened_on for note in Note.objects.all()] == [None]


@pytest.mark.parametrize("count", [1, 30])
def test_keys_of_a_list_come_in_one_query(count, django_assert_num_queries):
    for number in range(count):
        make_note(body=f"note {number}")
    data_keys.memory.clear()
    with django_assert_num_queries(2):
        bodies = {note.body for note in Note.objects.select_related("person")}
    assert bodies == {f"note {number}" for number in range(count)}


def test_deferred_text_is_loaded_and_kept_as_stored():
    note = make_note(body="later")
    before = stored(note, "body")
    read = Note.objects.defer("body").get()
    assert read.body == "later"
    read.save()
    assert stored(note, "body") == before


def test_refresh_reads_what_another_wrote():
    note = make_note(body="old")
    Note.objects.update(body="new")
    note.refresh_from_db()
    assert note.body == "new"


def test_bulk_create_seals_each_and_asks_few_queries(django_assert_max_num_queries):
    people = Person.objects.bulk_create([Person(name=str(n)) for n in range(20)])
    notes = [Note(person=p, body=f"about {p.name}", email=f"{p.name}@x.ph") for p in people]
    with django_assert_max_num_queries(6):
        Note.objects.bulk_create(notes)
    assert {n.body for n in Note.objects.all()} == {f"about {p.name}" for p in people}
    assert Note.objects.get(email_hash="7@X.PH").person == people[7]


def test_bulk_update_seals_each_and_its_companions():
    notes = [make_note(body="old", email="old@x.ph") for _ in range(3)]
    read = list(Note.objects.all())
    for number, note in enumerate(read):
        note.email = f"new{number}@x.ph"
    assert Note.objects.bulk_update(read, ["email"]) == 3
    assert Note.objects.filter(email_hash="old@x.ph").count() == 0
    assert Note.objects.get(email_hash="new1@x.ph").id == read[1].id
    assert read[1].email == "new1@x.ph"
    assert {note.body for note in notes} == {"old"}


def test_update_seals_for_each_row():
    first, second = make_note(body="a"), make_note(body="b")
    assert Note.objects.update(body="c", happened_on="2026-11-20") == 2
    assert stored(first, "body") != stored(second, "body")
    assert {(n.body, str(n.happened_on)) for n in Note.objects.all()} == {("c", "2026-11-20")}


def test_update_by_expression_is_refused():
    make_note(body="a")
    with pytest.raises(FieldError, match="no expression"):
        Note.objects.update(email=F("body"))


def test_values_give_a_sealed_value_that_its_row_opens():
    note = make_note(body="a")
    row = Note.objects.values("id", "body").get()
    assert repr(row["body"]) == "•••"
    field = Note._meta.get_field("body")
    assert field.unsealed(row["body"], note.id) == "a"
    with pytest.raises(Refused):
        field.unsealed(row["body"], uuid7())


def test_ciphertext_is_not_searched():
    with pytest.raises(FieldError, match="blind indexes"):
        Note.objects.filter(body="a")
    with pytest.raises(FieldError, match="blind indexes"):
        Note.objects.filter(body__icontains="a")


def test_values_by_hand_are_not_written_unsealed():
    with pytest.raises(FieldError, match="through the model"):
        models.QuerySet(Note).update(body="readable")


def test_partial_save_takes_the_companions_along():
    note = make_note(email="old@x.ph")
    note.email = "new@x.ph"
    note.save(update_fields=["email"])
    assert Note.objects.filter(email_hash="new@x.ph").exists()


def test_a_copy_of_a_row_is_sealed_anew():
    note = make_note(body="twice")
    copy = Note.objects.get()
    assert copy.body == "twice"
    copy.pk, copy._state.adding = uuid7(), True
    copy.save()
    assert [n.body for n in Note.objects.all()] == ["twice", "twice"]
    unread = Note.objects.get(id=note.id)
    unread.pk, unread._state.adding = uuid7(), True
    with pytest.raises(Refused):
        unread.save()


def test_a_value_swapped_between_rows_is_refused():
    first, second = make_note(body="a"), make_note(body="b")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sample_note SET body = %s WHERE id = %s", [stored(first, "body"), second.id]
        )
    with pytest.raises(Refused):
        _ = Note.objects.get(id=second.id).body


def test_notes_of_one_person_share_the_persons_key():
    person = Person.objects.create(name="Ana", private={"a": 1})
    notes = [Note.objects.create(person=person, body="x") for _ in range(2)]
    assert {note.data_key for note in notes} == {person.data_key}
    assert DataKey.objects.get().subject_id == person.id


def test_a_row_of_a_transaction_undone_can_be_saved_again():
    person = Person(name="Ana", private={"a": 1})
    with transaction.atomic():
        person.save()
        transaction.set_rollback(True)
    assert DataKey.objects.count() == 0
    person.save()
    assert Person.objects.get().private == {"a": 1}


def test_a_missing_key_reads_as_erased():
    make_note(body="gone")
    DataKey.objects.all().delete()
    data_keys.memory.clear()
    with pytest.raises(Erased):
        _ = Note.objects.get().body


def test_pickled_rows_stay_sealed():
    make_note(body="Wants a garden")
    again = pickle.loads(pickle.dumps(Note.objects.get()))  # noqa: S301
    assert again.body == "Wants a garden"


def test_a_form_shows_and_saves_the_text():
    note = make_note(body="old", email="a@x.ph")
    form_class = modelform_factory(Note, fields=["body", "email", "data"])
    assert form_class(instance=note).initial["body"] == "old"
    form = form_class({"body": "new", "email": "b@x.ph", "data": "{}"}, instance=Note.objects.get())
    assert form.is_valid(), form.errors
    form.save()
    assert Note.objects.get(email_hash="b@x.ph").body == "new"


def test_a_renamed_column_keeps_reading_by_its_first_name():
    field = EncryptedText(sealed_as=("old_table", "old_column"))
    place = field.place(uuid7())
    assert (place.table, place.column) == ("old_table", "old_column")
    assert field.deconstruct()[3] == {"sealed_as": ("old_table", "old_column")}
