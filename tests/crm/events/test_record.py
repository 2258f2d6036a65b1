from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from crm.celery import app
from crm.events import reactions, services
from crm.events.services import record
from crm.models import Delivery, Event, Subject
from crm.runtime import ticks

pytestmark = pytest.mark.usefixtures("registry")


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="in a transaction"):
        record("rang", subject=uuid4(), data={})
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_record_counts_within_its_subject():
    door, window = uuid4(), uuid4()
    events = [record("rang", subject=subject, data={}) for subject in (door, window, door)]
    assert [event.number for event in events] == [1, 1, 2]


@pytest.mark.django_db
def test_record_makes_one_delivery_for_each_reaction_of_the_kind():
    reactions.register("score", kind="rang", react=print)
    reactions.register("match", kind="rang", react=print)
    reactions.register("score", kind="left", react=print)
    event = record("rang", subject=uuid4(), data={"floor": 2}, operation=(operation := uuid4()))
    event.refresh_from_db()
    assert (event.data, event.operation) == ({"floor": 2}, operation)
    assert list(
        Delivery.objects.order_by("reaction").values_list("event", "reaction", "number", "state")
    ) == [(event.id, "match", 1, "waiting"), (event.id, "score", 1, "waiting")]


@pytest.mark.django_db(transaction=True)
def test_record_rolled_back_leaves_nothing_and_no_gap():
    door = uuid4()
    with transaction.atomic():
        record("rang", subject=door, data={})
        transaction.set_rollback(True)
    with transaction.atomic():
        assert record("rang", subject=door, data={}).number == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_record_refuses_documents():
    with pytest.raises(IntegrityError, match="an_event_carries_small_facts"):
        record("rang", subject=uuid4(), data={"letter": "x" * 5000})


@pytest.mark.django_db(transaction=True)
def test_record_pokes_once_after_commit(monkeypatch, settings):
    settings.REDIS_URL = "redis://nowhere"
    pokes: list[list[str]] = []
    monkeypatch.setattr(services, "poke", ticks.poke)
    monkeypatch.setattr(app, "send_task", lambda _task, names, **_: pokes.append(names))
    with transaction.atomic():
        record("rang", subject=uuid4(), data={})
        record("rang", subject=uuid4(), data={})
        assert pokes == []
    assert pokes == [["events.deliver"]]


@pytest.mark.django_db(transaction=True)
def test_a_subject_is_locked_until_its_recorder_commits():
    """The later number can't be seen before the earlier one: sequence order, kept in commits."""
    door = uuid4()
    refused: list[type[Exception]] = []

    def other() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                record("rang", subject=door, data={})
        except OperationalError as error:
            refused.append(type(error.__cause__))
        finally:
            connection.close()

    with transaction.atomic():
        record("rang", subject=door, data={})
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert [error.__name__ for error in refused] == ["LockNotAvailable"]
    assert Subject.objects.get(id=door).last_number == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_under_concurrency_have_neither_gap_nor_double():
    doors = [uuid4(), uuid4()]

    def ring(subject) -> None:
        for turn in range(10):
            with transaction.atomic():
                record("rang", subject=subject, data={})
                transaction.set_rollback(turn % 3 == 2)
        connection.close()

    threads = [threading.Thread(target=ring, args=[doors[turn % 2]]) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for door in doors:
        numbers = Event.objects.filter(subject=door).order_by("number")
        assert list(numbers.values_list("number", flat=True)) == list(range(1, 22))


def test_a_name_hears_a_kind_once():
    reactions.register("score", kind="rang", react=print)
    with pytest.raises(ValueError, match="score already reacts to rang"):
        reactions.register("score", kind="rang", react=repr)
