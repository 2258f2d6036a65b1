from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from crm.vault import search
from crm.vault.errors import Refused
from crm.vault.ids import uuid7
from tests.canary import Canary
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db


def test_a_person_put_through_the_vault_is_seen_nowhere(canary):
    person = Person.objects.create(name=canary.name, private={"said": canary.text})
    note = Note.objects.create(
        person=person, body=canary.text, email=canary.email, phone=canary.phone
    )
    Note.objects.update(body=f"{canary.text} again")
    assert Note.objects.get(email_hash=canary.email, phone_hash=canary.phone) == note
    found = search.by_words(Note.objects.all(), index="words", text=canary.text)
    assert [row.body for row in found.rows] == [f"{canary.text} again"]
    logging.getLogger("crm").info("saved %s for %s", note, person)
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.update(name=canary.name * 20)
    try:
        _ = Note(id=uuid7(), body=Note.objects.values_list("body", flat=True)[0]).body
    except Refused:
        logging.getLogger("crm").exception("refused for %s", canary.email)


def test_sealed_columns_hold_nothing_readable(canary):
    person = Person.objects.create(name="Ana", private={"said": canary.text})
    Note.objects.create(person=person, body=canary.text, email=canary.email, phone=canary.phone)
    with connection.cursor() as cursor:
        for table in ("sample_note", "sample_person", "crm_data_key"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            assert canary.seen_in(repr(cursor.fetchall()).encode()) == []


def test_a_canary_sees_what_is_in_the_open(tmp_path):
    bird = Canary()
    (tmp_path / "log").write_text(f"hello {bird.name}")
    (tmp_path / "other").write_text("hello")
    assert bird.found_in_folder(tmp_path) == [str(tmp_path / "log")]
    bird.logged.append(f"called 0{bird.phone[3:]}")
    assert len(bird.found_in_logs()) == 1


@pytest.mark.skipif(not settings.REDIS_URL, reason="looks into Redis, and REDIS_URL is not set")
def test_a_canary_sees_what_is_in_the_broker():
    import redis

    bird = Canary()
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.rpush(f"canary-{bird.text[-6:]}", f"hello {bird.email}")
        assert bird.found_in_broker() == [str(f"canary-{bird.text[-6:]}".encode())]
        broker.delete(f"canary-{bird.text[-6:]}")
