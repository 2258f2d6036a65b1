"""What the house's rooms cost, on the full database."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median, quantiles
from time import perf_counter
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import timezone

from crm.bench.house.people import TABLE
from crm.bench.stage import Stage
from crm.events import reactions, services
from crm.events.delivering import deliver_due
from crm.models import Delivery, Event
from crm.vault import data_keys
from crm.vault.data_keys import Subject
from crm.vault.ids import uuid7
from crm.watch import services as watching
from crm.watch import writing
from crm.watch.entries import Answered
from crm.watch.middleware import watch

BENCH_EVENT = "bench.happened"
EVENTS = 300


def data_keys_a_second(_stage: Stage) -> float:
    """Made, wrapped and stored by COPY, as an import does."""
    subjects = [Subject("lead", uuid7()) for _ in range(2000)]
    started = perf_counter()
    with transaction.atomic():
        data_keys.make_many(subjects)
        transaction.set_rollback(True)
    return len(subjects) / (perf_counter() - started)


def trail_overhead(_stage: Stage) -> float:
    """A statement over 1,000 rows with its trail, against the same without."""
    return _update_seconds(tracked=True) / _update_seconds(tracked=False)


def trail_a_row(_stage: Stage) -> float:
    """What one change to one row costs more, in milliseconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM bench_person LIMIT 200")
        ids = [row for (row,) in cursor.fetchall()]
        tracked = _change_each(ids)
        cursor.execute("CREATE TEMP TABLE bench_plain AS SELECT * FROM bench_person LIMIT 200")
        cursor.execute("ALTER TABLE bench_plain ADD PRIMARY KEY (id)")
        plain = _change_each(ids, table="bench_plain")
        transaction.set_rollback(True)
    return (tracked - plain) * 1000 / len(ids)


def events_a_second(_stage: Stage) -> float:
    """Recorded one by one and delivered to one reaction, with the whole history behind them."""
    reactions.register("bench", kind=BENCH_EVENT, react=_hear)
    subjects = [uuid7() for _ in range(EVENTS // 10)]
    started = perf_counter()
    for number in range(EVENTS):
        with transaction.atomic():
            services.record(BENCH_EVENT, subject=subjects[number % len(subjects)], data={})
    deliver_due()
    seconds = perf_counter() - started
    done = Delivery.objects.filter(reaction="bench", subject__in=subjects, state="done").count()
    return done / seconds


def watch_overhead(_stage: Stage) -> float:
    """What noting a request adds to it at the 95th percentile."""
    request = RequestFactory().get("/")
    noted = watch(_empty)
    with override_settings(WATCH=True, WATCH_IN_BACKGROUND=False):
        bare = _times(lambda: _empty(request), 2000)
        full = _times(lambda: noted(request), 2000)
        watching.buffer.waiting.clear()
    return quantiles(full, n=20)[-1] - median(bare)


def watch_batch(_stage: Stage) -> float:
    """Writing 200 entries, as the thread behind the pages does."""
    now = timezone.now()
    batch = [Answered(now, "today:today", "GET", 200, 12.5, 8, 9000) for _ in range(200)]
    started = perf_counter()
    writing.write(batch)
    return (perf_counter() - started) * 1000


def _times(work: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        started = perf_counter()
        work()
        found.append((perf_counter() - started) * 1000)
    return found


def _update_seconds(*, tracked: bool) -> float:
    table = "bench_person" if tracked else "bench_plain"
    with transaction.atomic(), connection.cursor() as cursor:
        if not tracked:
            cursor.execute("CREATE TEMP TABLE bench_plain AS SELECT * FROM bench_person LIMIT 1000")
            cursor.execute("ALTER TABLE bench_plain ADD PRIMARY KEY (id)")
        cursor.execute(f"SELECT id FROM {table} LIMIT 1000")  # noqa: S608 - one of two names
        ids = [row for (row,) in cursor.fetchall()]
        started = perf_counter()
        cursor.execute(
            f"UPDATE {table} SET note = note || '.' WHERE id = ANY(%s)",  # noqa: S608
            [ids],
        )
        seconds = perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _change_each(ids: list[UUID], *, table: str = TABLE) -> float:
    statement = f"UPDATE {table} SET note = note || '.' WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        started = perf_counter()
        for each in ids:
            cursor.execute(statement, [each])
        return perf_counter() - started


def _hear(_event: Event) -> None:
    pass


def _empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
