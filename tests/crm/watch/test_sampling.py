from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from crm.models import HealthSample, Problem, RequestEntry, RouteTime, SlowWork
from crm.watch import sampling
from crm.watch.keeping import tidy
from crm.watch.sampling import sample

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


def test_a_sample_holds_what_the_machine_says():
    taken = sample()
    assert taken.database_bytes > 1_000_000
    assert taken.memory_bytes is not None
    assert taken.memory_bytes > 10_000_000
    assert taken.disk_free_bytes is not None
    assert taken.disk_free_bytes > 0
    assert (taken.rows_a_second, taken.cpu_percent) == (None, None)
    assert taken.worker_lag_seconds is None


def test_rates_come_from_the_sample_before(monkeypatch):
    totals = iter(
        [
            {"rows": 1000.0, "busy": 50.0, "total": 1000.0},
            {"rows": 1900.0, "busy": 75.0, "total": 1100.0},
            {"rows": 10.0, "busy": 5.0, "total": 20.0},
        ]
    )
    monkeypatch.setattr(sampling, "_counters", lambda: next(totals))
    with time_machine.travel(NOON, tick=False) as clock:
        first = sample()
        clock.shift(timedelta(seconds=900))
        second = sample()
        clock.shift(timedelta(seconds=900))
        after_a_restart = sample()
    assert (first.rows_a_second, first.cpu_percent) == (None, None)
    assert (second.rows_a_second, second.cpu_percent) == (1.0, 25.0)
    assert (after_a_restart.rows_a_second, after_a_restart.cpu_percent) == (None, None)


def test_a_late_sample_tells_how_late_the_worker_is():
    with time_machine.travel(NOON, tick=False) as clock:
        sample()
        clock.shift(timedelta(seconds=907))
        late = sample()
        clock.shift(timedelta(hours=9))
        after_sleep = sample()
    assert (late.worker_lag_seconds, after_sleep.worker_lag_seconds) == (7.0, None)


def test_waiting_work_is_added_up(monkeypatch):
    monkeypatch.setattr(sampling, "_queues", {})
    sampling.register_queue("deliveries", lambda: 3)
    sampling.register_queue("messages", lambda: 4)
    assert sample().waiting == 7


def make_all(at):
    RequestEntry.objects.create(at=at, route="r", method="GET", status=200, milliseconds=1)
    RouteTime.objects.create(day=at.date(), route=f"r{at}", method="GET", bucket=1, count=1)
    SlowWork.objects.create(
        fingerprint=f"s{at}",
        kind="page",
        route="r",
        total_ms=1,
        worst_ms=1,
        first_at=at,
        last_at=at,
    )
    HealthSample.objects.create(at=at, database_bytes=1)
    Problem.objects.create(fingerprint=f"p{at}", kind="page", what="E", first_at=at, last_at=at)


@time_machine.travel(NOON, tick=False)
def test_each_kind_goes_when_its_time_is_over():
    for days in (0, 29, 31, 365, 367):
        make_all(NOON - timedelta(days=days))
    done_at = NOON - timedelta(days=31)
    Problem.objects.filter(last_at=NOON).update(done_at=done_at)
    assert tidy() == {
        "requests": 3,
        "route times": 3,
        "slow work": 3,
        "samples": 1,
        "problems": 2,
        "ailments": 0,
    }
    assert RequestEntry.objects.count() == 2
    assert HealthSample.objects.count() == 4
    assert Problem.objects.count() == 3
