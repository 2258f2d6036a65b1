from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from crm.models import HealthSample, Problem, RouteTime, SlowWork


def make_problem(number: int = 0, **values) -> Problem:
    at = timezone.now() - timedelta(minutes=number)
    given = {
        "fingerprint": f"problem {number}",
        "kind": "page",
        "what": f"Error{number}",
        "place": "leads/people/views.py in show",
        "message": "No stage is known for …",
        "traceback": "leads/people/views.py:40 in show\n    raise",
        "first_at": at,
        "last_at": at,
    }
    return Problem.objects.create(**{**given, **values})


def make_rows(amount: int) -> None:
    now = timezone.now()
    for number in range(amount):
        make_problem(number)
        HealthSample.objects.create(
            at=now - timedelta(minutes=15 * number),
            database_bytes=50_000_000 + number,
            memory_bytes=300_000_000,
            cpu_percent=12.5,
            disk_free_bytes=9_000_000_000,
        )
        RouteTime.objects.create(
            day=now.date(), route=f"room:{number}", method="GET", bucket=number, count=number + 1
        )
        SlowWork.objects.create(
            fingerprint=f"slow {number}",
            kind="query",
            route=f"room:{number}",
            statement="SELECT %s",
            total_ms=300,
            worst_ms=300 + number,
            first_at=now,
            last_at=now,
        )
