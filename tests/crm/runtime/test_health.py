from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Heartbeat, Tick
from crm.runtime import checks, health, heartbeats, standstill
from crm.runtime.health import Health

Application = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def watched(settings, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.BANNER_OF_STANDSTILL = True
    monkeypatch.setattr(standstill, "_started", -standstill.GRACE_SECONDS)
    standstill.forget()
    yield
    standstill.forget()


def test_healthz_is_open_and_says_no_more_than_well(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"well\n")
    assert "no-store" in answer.headers["Cache-Control"]


def test_healthz_says_so_when_the_database_is_away(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not well\n")


def test_page_shows_each_check_with_its_sentence(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Health:
        raise RuntimeError("carla@example.com")

    well = Health("Roof", True, "It holds.", {"tiles": 12})
    monkeypatch.setattr(health, "_checks", {"roof": lambda: well, "cellar": broken})
    page = signed_in.get("/settings/health/").content.decode()
    assert "It holds." in page
    assert "Tiles 12" in page
    assert "This could not be checked (RuntimeError)." in page
    assert "carla@example.com" not in page
    assert "1 of 2 things need your attention." in page


def test_worker_without_a_sign_is_not_running(db: None) -> None:
    assert [sign.ok for sign in checks.signs()] == [False, False]
    heartbeats.beat("worker")
    assert [(sign.name, sign.ok) for sign in checks.signs()] == [("Worker", True), ("Beat", False)]


def test_failing_and_deadly_ticks_are_told(db: None) -> None:
    assert checks.schedule().ok is True
    Tick.objects.create(name="rooms.fail", failures=1)
    Tick.objects.create(name="rooms.deadly", deaths=1)
    assert checks.schedule() == Health(
        "Schedule",
        False,
        "2 of the things done by the clock failed when last tried.",
        {"failing": "rooms.fail", "broken off": "rooms.deadly"},
    )


def test_one_role_for_everything_is_called_weaker(as_application: Application) -> None:
    assert checks.roles().ok is None
    with as_application():
        assert checks.roles().ok is True


def test_broker_that_is_away_is_told_without_alarm(settings, db: None) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert checks.broker().sentence.startswith("The broker does not answer. Nothing is lost")


def test_banner_shows_who_is_silent_and_goes_when_they_are_back(
    watched: None, signed_in: Client
) -> None:
    text = "Worker and beat are not running: reminders, mail and imports wait."
    assert text in signed_in.get("/").content.decode()
    heartbeats.beat("worker")
    heartbeats.beat("beat")
    standstill.forget()
    assert standstill.banner() is None
    Heartbeat.objects.filter(kind="beat").update(at=timezone.now() - timedelta(seconds=95))
    standstill.forget()
    assert "The beat is not running" in signed_in.get("/").content.decode()


def test_banner_waits_a_while_after_a_start_but_not_for_ever(
    watched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(standstill, "_started", now - standstill.GRACE_SECONDS + 5)
    assert standstill.banner() is None
    monkeypatch.setattr(standstill, "_started", now - standstill.GRACE_SECONDS)
    assert standstill.banner() is not None


def test_one_look_may_tell_of_several_things(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Health("Worker", True, "It works."), Health("Beat", False, "It is silent.")]
    monkeypatch.setattr(health, "_checks", {"worker and beat": lambda: both})

    assert health.report() == both
    assert health.unspoken() == {"worker": both[0], "beat": both[1]}


def test_banner_costs_one_query_and_then_none(
    watched: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        standstill.banner()
    with django_assert_num_queries(0):
        standstill.banner()


def test_figures_are_told_in_words() -> None:
    answer = Health("Vault", True, "Well.", {"late_seconds": 1200, "passphrase": False, "at": "9"})

    assert answer.facts == ["Late seconds 1,200", "Passphrase no", "At 9"]
