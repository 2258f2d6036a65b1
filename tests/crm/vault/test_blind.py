from __future__ import annotations

import pytest
from django.db import connection

from crm.models import Preferences
from crm.vault import data_keys, normal, region
from crm.vault.bulk import Sealer
from crm.vault.data_keys import Subject
from crm.vault.ids import uuid7
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def note():
    person = Person.objects.create(name="Ana")
    return Note.objects.create(person=person, email="Ana.Cruz@Example.PH", phone="0917 555 1234")


@pytest.mark.parametrize(
    "query",
    [
        {"email_hash": "ana.cruz@example.ph"},
        {"email_hash": " ANA.CRUZ@EXAMPLE.PH "},
        {"email_hash__in": ["x@y.z", "ana.cruz@example.ph"]},
        {"email_domain_hash": "example.ph"},
        {"email_domain_hash": "@Example.PH"},
        {"phone_hash": "+63 917 555 1234"},
        {"phone_hash": "(0917) 555-1234"},
        {"phone_last_four": "1234"},
        {"phone_last_seven": "555 1234"},
    ],
)
def test_a_row_is_found_by_its_hash(note, query):
    assert Note.objects.get(**query) == note


@pytest.mark.parametrize(
    "query",
    [
        {"email_hash": "ben@example.ph"},
        {"email_hash": "no address"},
        {"phone_hash": "no number"},
        {"phone_last_four": "34"},
        {"email_domain_hash": ""},
    ],
)
def test_others_are_not_found(note, query):
    Note.objects.create(person=note.person)
    assert Note.objects.filter(**query).count() == 0


def test_hashes_are_not_the_same_in_two_columns(note):
    Note.objects.filter(id=note.id).update(email="5551234", phone="5551234")
    read = Note.objects.get()
    hashes = {bytes(read.phone_last_seven), bytes(read.phone_hash)}
    assert len(hashes) == 2
    assert all(len(value) == 16 for value in hashes)


@pytest.mark.parametrize(
    ("first", "second"),
    [("ana@münchen.de", "ANA@xn--mnchen-3ya.de"), ("ANA@BÜCHER.example", "ana@bücher.example.")],
)
def test_a_domain_has_one_spelling(first, second):
    assert normal.email(first) == normal.email(second)
    assert normal.email(first)


def test_a_phone_follows_the_region_that_the_owner_chose(owner):
    assert normal.phone("0917 555 1234") == "+639175551234"
    assert normal.phone("+1 415 555 2671") == "+14155552671"
    Preferences.objects.update(phone_region="US")
    assert normal.phone("(415) 555-2671") == "+14155552671"


def test_a_phone_without_an_owner_follows_the_setting(db, settings):
    settings.PHONE_REGION = "US"
    assert normal.phone("(415) 555-2671") == "+14155552671"


def test_a_phone_within_a_region_asks_nobody(db, django_assert_num_queries):
    with region.within("GB"), django_assert_num_queries(0):
        assert normal.phone("020 7946 0958") == "+442079460958"


def test_a_phone_that_names_its_country_asks_nobody(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert normal.phone(" (+63) 917 555 1234") == "+639175551234"


def test_rows_for_copy_are_what_the_model_would_write():
    person = Subject("sample.person", uuid7())
    key = data_keys.make_many([person])[person.id]
    Person.objects.bulk_create([Person(id=person.id, name="Ana")])
    row_id = uuid7()
    columns = Sealer(Note).columns(
        row_id, key, {"body": "Wants a garden", "email": "a@x.ph", "data": {"a": 1}}
    )
    values = {"id": row_id, "person_id": person.id, **columns}
    statement = f"COPY sample_note ({', '.join(values)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(list(values.values()))
    read = Note.objects.get(email_hash="a@x.ph")
    assert (read.body, read.data, read.phone) == ("Wants a garden", {"a": 1}, "")
    assert Person.objects.get().data_key == read.data_key
