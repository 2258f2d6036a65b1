"""Runs what is due: once among many workers, each thing by itself, each end written down."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from crm.audit.context import acting
from crm.models import Tick
from crm.runtime import heartbeats
from crm.runtime.ticks import Due, registered, tell_of_failure

log = structlog.get_logger(__name__)

SLOW = "one slow tick at a time"


def run_due() -> list[str]:
    """The names of what ran."""
    heartbeats.beat("worker")
    known, now = Tick.objects.in_bulk(), timezone.now()
    # The quick before the slow, and what lately killed a worker last of all.
    due = sorted(
        (tick for tick in registered().values() if _is_due(known.get(tick.name), tick, now)),
        key=lambda tick: (known[tick.name].deaths if tick.name in known else 0, tick.slow),
    )
    return [tick.name for tick in due if run(tick)]


def run_named(name: str) -> bool:
    tick = registered().get(name)
    return tick is not None and run(tick, poked=True)


def run(tick: Due, *, poked: bool = False) -> bool:
    with _turn(tick) as ours:
        if not ours:
            return False
        row, _ = Tick.objects.get_or_create(name=tick.name)
        now = timezone.now()
        if row.died():
            row.deaths += 1
        elif not poked and not _is_due(row, tick, now):
            return False
        row.started_at, row.ended_at = now, None
        row.save(update_fields=["started_at", "ended_at", "deaths"])
        _do(tick, row)
    return True


def _is_due(row: Tick | None, tick: Due, now: datetime) -> bool:
    return row is None or row.is_due(every=tick.every, now=now, resumes=tick.resumes)


def _do(tick: Due, row: Tick) -> None:
    began = time.monotonic()
    try:
        with acting("worker", page=tick.name):
            tick.run()
    # Whatever it is, it must not keep the others from running; it is written down and shown.
    except Exception as error:
        row.failures, row.error = row.failures + 1, _where(error)
        log.warning("tick failed", tick=tick.name, error=row.error)
        tell_of_failure(tick.name, error)
    else:
        row.failures, row.error, row.deaths = 0, "", 0
    row.milliseconds = round((time.monotonic() - began) * 1000)
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at", "milliseconds", "failures", "deaths", "error"])


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 2)[-2]}/{frames[-1].name}:{frames[-1].lineno}"
    return f"{type(error).__name__} in {place}"[:300]


@contextmanager
def _turn(tick: Due) -> Iterator[bool]:
    with advisory_lock(f"tick {tick.name}") as ours:
        if not (ours and tick.slow):
            yield ours
            return
        with advisory_lock(SLOW) as alone:
            yield alone


@contextmanager
def advisory_lock(name: str) -> Iterator[bool]:
    """Held by the connection, so that a killed worker gives it up at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            _unlock(name)


def _unlock(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    except DatabaseError:
        # The connection is gone, and the lock with it.
        connection.close()
