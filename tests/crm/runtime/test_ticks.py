from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction

from crm.celery import app
from crm.models import Heartbeat, Tick
from crm.runtime import heartbeats, ticking, ticks

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_schedule(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(ticks, "_ticks", {})


@pytest.fixture
def elsewhere() -> Iterator[psycopg.Connection]:
    """Another worker's connection to the same database."""
    chosen = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: chosen[name] for name in names if name in chosen}) as other:
        yield other


def test_due_tick_runs_once_in_its_time() -> None:
    ran: list[str] = []
    ticks.register("rooms.look", every=60, run=lambda: ran.append("look"))
    with time_machine.travel(NOON, tick=False) as clock:
        assert ticking.run_due() == ["rooms.look"]
        assert ticking.run_due() == []
        clock.shift(58)
        assert ticking.run_due() == []
        clock.shift(1)
        assert ticking.run_due() == ["rooms.look"]
    assert ran == ["look", "look"]


def test_clock_set_back_does_not_silence_a_tick() -> None:
    ticks.register("rooms.look", every=60, run=lambda: None)
    with time_machine.travel(NOON, tick=False) as clock:
        ticking.run_due()
        clock.move_to(NOON - timedelta(days=1))
        assert ticking.run_due() == ["rooms.look"]


def test_failing_tick_does_not_stop_the_others_and_is_written_down() -> None:
    def fail() -> None:
        raise ValueError("carla@example.com")

    ticks.register("rooms.fail", every=5, run=fail)
    ticks.register("rooms.work", every=5, run=lambda: None)
    assert ticking.run_due() == ["rooms.fail", "rooms.work"]
    failed = Tick.objects.get(name="rooms.fail")
    assert (failed.failures, failed.ended_at is not None) == (1, True)
    assert failed.error.startswith("ValueError in runtime/fail:")
    assert Tick.objects.get(name="rooms.work").failures == 0


def test_success_clears_what_was_written_down() -> None:
    Tick.objects.create(name="rooms.work", failures=3, error="ValueError", deaths=2)
    ticks.register("rooms.work", every=5, run=lambda: None)
    ticking.run_due()
    row = Tick.objects.get(name="rooms.work")
    assert (row.failures, row.error, row.deaths) == (0, "", 0)


def test_tick_that_runs_elsewhere_is_left_alone(elsewhere: psycopg.Connection) -> None:
    ticks.register("rooms.look", every=5, run=lambda: None)
    elsewhere.execute("SELECT pg_advisory_lock(hashtextextended('tick rooms.look', 0))")
    assert ticking.run_due() == []
    # Not by closing: the server ends a connection's locks a moment after its end.
    elsewhere.execute("SELECT pg_advisory_unlock_all()")
    assert ticking.run_due() == ["rooms.look"]


def test_one_slow_tick_at_a_time(elsewhere: psycopg.Connection) -> None:
    ticks.register("rooms.slow", every=5, run=lambda: None, slow=True)
    ticks.register("rooms.quick", every=5, run=lambda: None)
    elsewhere.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [ticking.SLOW])
    assert ticking.run_due() == ["rooms.quick"]


def test_quick_ticks_run_before_slow_ones() -> None:
    ticks.register("rooms.slow", every=5, run=lambda: None, slow=True)
    ticks.register("rooms.quick", every=5, run=lambda: None)
    assert ticking.run_due() == ["rooms.quick", "rooms.slow"]


def test_tick_that_killed_its_worker_is_counted_and_then_tried_rarely() -> None:
    ticks.register("rooms.deadly", every=5, run=lambda: None)
    with time_machine.travel(NOON, tick=False) as clock:
        Tick.objects.create(name="rooms.deadly", started_at=NOON, deaths=3)
        clock.shift(60)
        assert ticking.run_due() == []
        clock.shift(540)
        assert ticking.run_due() == ["rooms.deadly"]


def test_tick_that_resumes_is_soon_tried_again_however_often_it_died() -> None:
    ticks.register("rooms.told", every=5, run=lambda: None, resumes=True)
    with time_machine.travel(NOON, tick=False) as clock:
        Tick.objects.create(name="rooms.told", started_at=NOON, deaths=30)
        clock.shift(15)
        assert ticking.run_due() == ["rooms.told"]


def test_poke_runs_a_tick_before_its_time() -> None:
    ran: list[str] = []
    ticks.register("rooms.look", every=3600, run=lambda: ran.append("look"))
    ticking.run_due()
    assert ticking.run_named("rooms.look") is True
    assert ran == ["look", "look"]


def test_unknown_poke_is_ignored() -> None:
    assert ticking.run_named("rooms.gone") is False


@pytest.mark.django_db(transaction=True)
def test_poke_goes_out_once_and_only_after_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "send_task", lambda _name, args, **_: sent.append(args[0]))
    with transaction.atomic():
        ticks.poke("events.deliver")
        ticks.poke("events.deliver")
        ticks.poke("notify.send")
        assert sent == []
    assert sent == ["events.deliver", "notify.send"]


@pytest.mark.django_db(transaction=True)
def test_poke_that_fails_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fail(_name: str, args: list[str], **_: object) -> None:
        asked.extend(args)
        raise ModuleNotFoundError("no transport")

    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "send_task", fail)
    ticks.poke("events.deliver")
    assert asked == ["events.deliver"]


@pytest.mark.django_db(transaction=True)
def test_poke_swallows_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    ticks.poke("events.deliver")


def test_running_what_is_due_is_the_workers_sign_of_life() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ticking.run_due()
        assert heartbeats.last() == {"worker": NOON}
        clock.shift(29)
        ticking.run_due()
        assert heartbeats.last() == {"worker": NOON}
        clock.shift(1)
        ticking.run_due()
        assert heartbeats.last() == {"worker": NOON + timedelta(seconds=30)}


def test_silence_of_ninety_seconds_is_told() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert heartbeats.silent() == ["worker", "beat"]
        heartbeats.beat("worker")
        heartbeats.beat("beat")
        clock.shift(90)
        assert heartbeats.silent() == []
        clock.shift(1)
        Heartbeat.objects.filter(kind="beat").update(at=NOON + timedelta(seconds=60))
        assert heartbeats.silent() == ["worker"]
