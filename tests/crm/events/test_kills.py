"""Workers that die at the worst places. Nothing is lost, no effect on the database is doubled."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from crm.events.reactions import register
from crm.events.services import record
from crm.models import Delivery
from tests.crm.events.worker import HEARD, kill_at_random, match, score, wait_until, worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("heard_table"),
    # Python 3.12 and newer warn of forking beside threads; the child starts none of theirs.
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

PLACES = ["events.after_claim", "events.after_effect", "events.after_mark"]


@pytest.fixture
def heard_table(registry) -> Iterator[None]:
    register("score", kind="rang", react=score)
    register("match", kind="rang", react=match)
    with connection.cursor() as cursor:
        cursor.execute(HEARD)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE crm_test_heard")


def ring(amount: int, *, doors: list[UUID], takes: float = 0) -> None:
    for turn in range(amount):
        with transaction.atomic():
            record("rang", subject=doors[turn % len(doors)], data={"takes": takes})


def all_done() -> bool:
    return not Delivery.objects.exclude(state="done").exists()


def effects() -> dict[tuple[str, UUID], list[int]]:
    found: dict[tuple[str, UUID], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT reaction, subject, number FROM crm_test_heard ORDER BY at")
        for reaction, subject, number in cursor:
            found.setdefault((reaction, subject), []).append(number)
    return found


def each_in_order(doors: list[UUID], amount: int) -> dict[tuple[str, UUID], list[int]]:
    numbers = list(range(1, amount // len(doors) + 1))
    return {(name, door): numbers for name in ("score", "match") for door in doors}


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_place_neither_loses_nor_doubles(place):
    doors = [uuid4(), uuid4()]
    ring(6, doors=doors)
    with worker(armed=f"{place}:3") as doomed:
        doomed.join(30)
        assert doomed.exitcode == -signal.SIGKILL
    assert len(claims()) == 1
    with worker():
        wait_until(all_done)
    assert effects() == each_in_order(doors, 6)


def claims() -> set[UUID]:
    return set(Delivery.objects.filter(state="claimed").values_list("claim", flat=True))


def test_workers_killed_at_random_neither_lose_nor_double():
    doors = [uuid4() for _ in range(5)]
    ring(50, doors=doors, takes=0.005)
    kill_at_random(kills=4, most_life=0.15, claims=claims, done=all_done)
    with worker():
        wait_until(all_done)
    assert effects() == each_in_order(doors, 50)


@pytest.mark.soak
def test_workers_killed_thirty_times_neither_lose_nor_double(capsys):
    doors = [uuid4() for _ in range(20)]
    ring(500, doors=doors, takes=0.02)
    in_flight = len(kill_at_random(kills=30, most_life=0.6, claims=claims, done=all_done))
    with worker(), worker():
        wait_until(all_done, seconds=120)
    with capsys.disabled():
        print(f"\n500 events, 1,000 deliveries, 30 kills, {in_flight} of them hit work in flight")
    assert effects() == each_in_order(doors, 500)
    assert in_flight > 10


def test_several_workers_at_once_keep_the_order():
    doors = [uuid4(), uuid4(), uuid4()]
    ring(60, doors=doors, takes=0.002)
    with worker(), worker():
        wait_until(all_done)
    assert effects() == each_in_order(doors, 60)
