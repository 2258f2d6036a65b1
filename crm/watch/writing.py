from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm.models import Problem, RequestEntry
from crm.vault.ids import uuid7
from crm.watch.buckets import bucket_of
from crm.watch.entries import Answered, Entry, Failed, Slow
from crm.watch.observing import placeholders_only
from crm.watch.tracing import fingerprint

ADD_PROBLEM = """
INSERT INTO crm_problem AS known (id, fingerprint, kind, what, place, route, message, traceback,
    count, returned, first_at, last_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s)
ON CONFLICT (fingerprint) DO UPDATE SET
    count = known.count + excluded.count,
    returned = known.returned + (known.done_at IS NOT NULL)::int,
    done_at = NULL,
    first_at = least(known.first_at, excluded.first_at),
    last_at = greatest(known.last_at, excluded.last_at),
    place = excluded.place, route = excluded.route, message = excluded.message,
    traceback = excluded.traceback
"""
ADD_SLOW = """
INSERT INTO crm_slowwork AS known (id, fingerprint, kind, route, statement, count, total_ms,
    worst_ms, first_at, last_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (fingerprint) DO UPDATE SET
    count = known.count + excluded.count,
    total_ms = known.total_ms + excluded.total_ms,
    worst_ms = greatest(known.worst_ms, excluded.worst_ms),
    last_at = greatest(known.last_at, excluded.last_at)
"""
ADD_TIMES = """
INSERT INTO crm_routetime AS known (day, route, method, bucket, count, failures, queries, size)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, route, method, bucket) DO UPDATE SET
    count = known.count + excluded.count,
    failures = known.failures + excluded.failures,
    queries = known.queries + excluded.queries,
    size = known.size + excluded.size
"""


@dataclass
class _Sum:
    count: int = 0
    total: float = 0.0
    worst: float = 0.0
    first: datetime | None = None
    last: datetime | None = None


def write(entries: Sequence[Entry], lost: int = 0) -> None:
    """One short transaction. It may be lost in a crash: durability is kept for what matters."""
    failed = [each for each in entries if isinstance(each, Failed)]
    if lost:
        what = "Entries that could not be written"
        failed.append(Failed(timezone.now(), Problem.Kind.WATCH, what, times=lost))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        _write_requests([each for each in entries if isinstance(each, Answered)])
        _write_slow(each for each in entries if isinstance(each, Slow))
        _write_problems(failed)


def _write_requests(answered: Sequence[Answered]) -> None:
    RequestEntry.objects.bulk_create(RequestEntry(**vars(each)) for each in answered)
    times: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in answered:
        bucket = bucket_of(each.milliseconds)
        sums = times[each.at.date(), each.route, each.method, bucket]
        added = (1, int(each.status >= 500), each.queries, each.size)
        sums[:] = [have + more for have, more in zip(sums, added, strict=True)]
    _execute_many(ADD_TIMES, [(*key, *sums) for key, sums in sorted(times.items(), key=str)])


def _write_slow(slow: Iterable[Slow]) -> None:
    sums: dict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
    for each in slow:
        own = sums[each.kind, each.route, placeholders_only(each.statement)]
        own.count += 1
        own.total += each.milliseconds
        own.worst = max(own.worst, each.milliseconds)
        own.first = own.first or each.at
        own.last = each.at
    _execute_many(
        ADD_SLOW,
        [
            (uuid7(), fingerprint(*key), *key, own.count, own.total, own.worst, own.first, own.last)
            for key, own in sorted(sums.items())
        ],
    )


def _write_problems(failed: Iterable[Failed]) -> None:
    """In the order of fingerprints, so that two processes never wait for each other in a ring."""
    rows = [
        (
            uuid7(),
            fingerprint(each.kind, each.what, each.place or each.route),
            each.kind,
            each.what[:200],
            each.place[:300],
            each.route[:200],
            each.message[:500],
            each.traceback,
            each.times,
            each.at,
            each.at,
        )
        for each in failed
    ]
    _execute_many(ADD_PROBLEM, sorted(rows, key=lambda row: str(row[1])))


def _execute_many(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)
