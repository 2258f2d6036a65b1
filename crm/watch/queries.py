from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from crm.models import HealthSample, RouteTime
from crm.watch.buckets import percentile

MOST_POINTS = 96

SAMPLES = """
SELECT to_timestamp(floor(extract(epoch FROM at) / %(step)s) * %(step)s) AS began,
    max(database_bytes), avg(rows_a_second), max(memory_bytes), avg(cpu_percent),
    min(disk_free_bytes), max(waiting), max(worker_lag_seconds)
FROM crm_healthsample WHERE at >= %(since)s GROUP BY began ORDER BY began
"""


@dataclass(frozen=True)
class RouteRow:
    route: str
    method: str
    count: int
    failures: int
    p50: float
    p95: float
    queries: float
    size: float
    buckets: dict[int, int]

    @property
    def half_ms(self) -> int:
        return round(self.p50)

    @property
    def most_ms(self) -> int:
        return round(self.p95)


@dataclass(frozen=True)
class Figures:
    count: int
    failures: int
    p95: float


@dataclass(frozen=True)
class DayRow:
    day: date
    count: int
    failures: int
    p95: float


@dataclass(frozen=True)
class Point:
    """The samples of one stretch of time, drawn together."""

    at: datetime
    database_bytes: int
    rows_a_second: float | None
    memory_bytes: int | None
    cpu_percent: float | None
    disk_free_bytes: int | None
    waiting: int
    worker_lag_seconds: float | None


def routes(*, days: int) -> list[RouteRow]:
    """Each route with its times, the busiest first."""
    sums = (
        _times(days)
        .values("route", "method", "bucket")
        .annotate(n=Sum("count"), bad=Sum("failures"), asked=Sum("queries"), sent=Sum("size"))
        .values_list("route", "method", "bucket", "n", "bad", "asked", "sent")
    )
    found: dict[tuple[str, str], list[tuple[int, ...]]] = defaultdict(list)
    for route, method, *rest in sums:
        found[route, method].append(tuple(int(value) for value in rest))
    rows = [_route_row(*key, parts) for key, parts in found.items()]
    return sorted(rows, key=lambda row: (-row.count, row.route, row.method))


def by_day(*, days: int) -> list[DayRow]:
    """Every day of the stretch, the quiet ones too."""
    sums = _times(days).values("day", "bucket").annotate(n=Sum("count"), bad=Sum("failures"))
    counts: dict[date, dict[int, int]] = defaultdict(dict)
    failures: dict[date, int] = defaultdict(int)
    for each in sums:
        counts[each["day"]][each["bucket"]] = each["n"]
        failures[each["day"]] += each["bad"]
    return [
        DayRow(day, sum(counts[day].values()), failures[day], percentile(counts[day], 0.95))
        for day in _days(days)
    ]


def points(*, days: int) -> list[Point]:
    """Samples over the stretch, at most about a hundred points however long it is."""
    since = timezone.now() - timedelta(days=days)
    step = max(900, days * 86400 // MOST_POINTS)
    with connection.cursor() as cursor:
        cursor.execute(SAMPLES, {"since": since, "step": step})
        return [Point(*row) for row in cursor.fetchall()]


def figures(rows: Sequence[RouteRow]) -> Figures:
    """All routes together."""
    count = sum(row.count for row in rows)
    return Figures(
        count=count,
        failures=sum(row.failures for row in rows),
        p95=percentile(_together(rows), 0.95),
    )


def _together(rows: Sequence[RouteRow]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        for bucket, count in row.buckets.items():
            counts[bucket] += count
    return counts


def latest_sample() -> HealthSample | None:
    return HealthSample.objects.order_by("-at").first()


def _times(days: int) -> Any:
    return RouteTime.objects.filter(day__gte=_days(days)[0])


def _days(days: int) -> list[date]:
    today = timezone.now().date()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def _route_row(route: str, method: str, parts: Sequence[tuple[int, ...]]) -> RouteRow:
    counts = {bucket: count for bucket, count, *_ in parts}
    total = sum(counts.values())
    return RouteRow(
        route=route,
        method=method,
        count=total,
        failures=sum(part[2] for part in parts),
        p50=percentile(counts, 0.50),
        p95=percentile(counts, 0.95),
        queries=sum(part[3] for part in parts) / total,
        size=sum(part[4] for part in parts) / total,
        buckets=counts,
    )
