"""The house's own rows: events and their deliveries, security events, the log of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID

from django.db import connection

from crm.audit import chain
from crm.bench.stage import Stage, copy
from crm.vault.ids import uuid7
from crm.watch.buckets import bucket_of

# One in ten rows is about someone new; the first of them has the most, as in life.
ROWS_A_SUBJECT = 10
BUSIEST = 10_000
REACTIONS = ("score", "match", "notify")
KINDS = ("lead.arrived", "lead.changed", "note.added", "stage.moved", "message.sent")
ROUTES = ("today:today", "health", "stuck", "appearance", "palette", "watch", "live", "settings")
DAYS = 30

ADD_SECURITY = """
INSERT INTO crm_trail (era, xid, at, op, table_name, row_id, subject, before, after, kind, actor,
    page, operation, scrubbed, digest)
SELECT era, xid, at, 'E', '', '', NULL, NULL, detail, kind, actor, '', NULL, false,
    crm_trail_digest(era, xid, at, 'E', '', '', NULL, NULL, detail, kind, actor, '', NULL)
FROM (SELECT crm_trail_era() AS era, pg_current_xact_id()::text::bigint AS xid,
        %(today)s::timestamptz - n * interval '20 seconds' AS at, '{}'::jsonb AS detail,
        (ARRAY['signed in', 'signed out', 'revealed', 'exported'])[1 + n %% 4] AS kind,
        'bench'::text AS actor
    FROM generate_series(1, %(rows)s) AS n) AS drawn
"""


def make_security_events(stage: Stage) -> int:
    rows = max(1, stage.rows // 10)
    with connection.cursor() as cursor:
        cursor.execute(ADD_SECURITY, {"rows": rows, "today": stage.today})
    return rows


def make_events(stage: Stage) -> int:
    """Numbered within their subjects; the busiest subject has at most ten thousand."""
    random = stage.random("events")
    subjects = [uuid7() for _ in range(max(1, stage.rows // ROWS_A_SUBJECT))]
    numbers = [0] * len(subjects)
    events: list[tuple[UUID, int, int]] = []
    for rank in stage.zipf(len(subjects)).draw(random, stage.rows):
        chosen = rank if numbers[rank] < BUSIEST else random.randrange(len(subjects))
        numbers[chosen] += 1
        events.append((uuid7(), chosen, numbers[chosen]))
    copy("crm_event", EVENT, _events(stage, random, subjects, events))
    copy("crm_subject", ("id", "last_number"), zip(subjects, numbers, strict=True))
    copy("crm_delivery", DELIVERY, _deliveries(stage, random, subjects, events))
    return stage.rows


def seal(_stage: Stage) -> int:
    return chain.seal_due()


EVENT = ("id", "kind", "subject", "number", "data", "operation", "at")
DELIVERY = (
    *("id", "event_id", "reaction", "subject", "number", "state", "attempts", "due_at"),
    *("claim", "last_error", "skipped_because", "settled_at"),
)


def _events(
    stage: Stage, random: Random, subjects: list[UUID], events: list[tuple[UUID, int, int]]
) -> Iterator[tuple[object, ...]]:
    for place, (event, subject, number) in enumerate(events):
        at = stage.today - timedelta(seconds=len(events) - place)
        yield event, random.choice(KINDS), subjects[subject], number, "{}", None, at


def _deliveries(
    stage: Stage, random: Random, subjects: list[UUID], events: list[tuple[UUID, int, int]]
) -> Iterator[tuple[object, ...]]:
    """All done but some hundred that were set aside."""
    stuck = max(1, len(events) // 200)
    for place, (event, subject, number) in enumerate(events):
        reaction = random.choice(REACTIONS)
        if place % stuck == stuck - 1:
            state, error, settled = "set aside", "LookupError at leads/matching.py:40", None
        else:
            state, error, settled = "done", "", stage.today
        yield (
            *(uuid7(), event, reaction, subjects[subject], number, state, 1, stage.today),
            *(None, error, "", settled),
        )


def make_requests(stage: Stage) -> int:
    """A month of answers; the day's sums are made of the same ones."""
    random = stage.random("requests")
    sums: dict[tuple[object, ...], list[int]] = {}
    copy("crm_requestentry", REQUEST, _requests(stage, random, sums))
    copy("crm_routetime", TIMES, ((*key, *added) for key, added in sums.items()))
    return stage.rows


REQUEST = ("at", "route", "method", "status", "milliseconds", "queries", "size")
TIMES = ("day", "route", "method", "bucket", "count", "failures", "queries", "size")


def _requests(
    stage: Stage, random: Random, sums: dict[tuple[object, ...], list[int]]
) -> Iterator[tuple[object, ...]]:
    step = timedelta(days=DAYS) / stage.rows
    started = stage.today - timedelta(days=DAYS)
    for place, rank in enumerate(stage.zipf(len(ROUTES)).draw(random, stage.rows)):
        at = started + step * place
        milliseconds = round(random.lognormvariate(2.5, 0.6), 3)
        status = 500 if random.random() < 0.001 else 200
        queries, size = random.randrange(1, 16), random.randrange(500, 60_000)
        key = (at.date(), ROUTES[rank], "GET", bucket_of(milliseconds))
        added = sums.setdefault(key, [0, 0, 0, 0])
        for index, more in enumerate((1, int(status == 500), queries, size)):
            added[index] += more
        yield at, ROUTES[rank], "GET", status, milliseconds, queries, size


def make_watched(stage: Stage) -> int:
    """A year of samples, some hundred problems, some hundred slow queries."""
    random = stage.random("watched")
    samples = min(stage.rows, 366 * 96)
    copy("crm_healthsample", SAMPLE, (_sample(stage, random, back) for back in range(samples)))
    listed = min(stage.rows, 500)
    copy("crm_problem", PROBLEM, (_problem(stage, random, each) for each in range(listed)))
    copy("crm_slowwork", SLOW, (_slow(stage, random, each) for each in range(listed)))
    return samples + 2 * listed


SAMPLE = (
    *("at", "database_bytes", "rows_a_second", "memory_bytes", "cpu_percent"),
    *("disk_free_bytes", "waiting", "worker_lag_seconds", "counters"),
)
PROBLEM = (
    *("id", "fingerprint", "kind", "what", "place", "route", "message", "traceback", "count"),
    *("returned", "first_at", "last_at"),
)
SLOW = (
    *("id", "fingerprint", "kind", "route", "statement", "count", "total_ms", "worst_ms"),
    *("first_at", "last_at"),
)


def _sample(stage: Stage, random: Random, back: int) -> tuple[object, ...]:
    at = stage.today - timedelta(minutes=15) * back
    grown = 2_000_000_000 - 40_000 * back
    return (
        *(at, grown, random.random() * 40, 380_000_000 + random.randrange(90_000_000)),
        *(random.random() * 30, 50_000_000_000, random.randrange(5), random.random(), "{}"),
    )


def _problem(stage: Stage, random: Random, number: int) -> tuple[object, ...]:
    last = stage.today - timedelta(hours=number)
    return (
        *(uuid7(), f"{number:064}", "page", "ValueError", f"leads/room_{number}.py in show"),
        *(random.choice(ROUTES), "No stage is known for …", "leads/room.py:40 in show\n    raise"),
        *(random.randrange(1, 900), 0, last - timedelta(days=3), last),
    )


def _slow(stage: Stage, random: Random, number: int) -> tuple[object, ...]:
    worst = 100 + random.random() * 2000
    return (
        *(uuid7(), f"{number:064}", "query", random.choice(ROUTES)),
        *(f"kind_{number} = %s", 2, worst * 1.5, worst),
        *(stage.today - timedelta(days=2), stage.today),
    )
