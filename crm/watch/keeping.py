"""How long each kind of entry stays."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from crm.models import Ailment, HealthSample, Problem, RequestEntry, RouteTime, SlowWork

REQUESTS = timedelta(days=30)
SLOW = timedelta(days=30)
SAMPLES = timedelta(days=366)
PROBLEMS = timedelta(days=366)
DONE_PROBLEMS = timedelta(days=30)
AILMENTS = timedelta(days=366)


def tidy() -> dict[str, int]:
    """Removes what is past its time; gives how many rows went, by kind."""
    now = timezone.now()
    done = Problem.objects.filter(done_at__lt=now - DONE_PROBLEMS)
    quiet = Problem.objects.filter(last_at__lt=now - PROBLEMS)
    gone = {
        "requests": RequestEntry.objects.filter(at__lt=now - REQUESTS),
        "route times": RouteTime.objects.filter(day__lt=(now - REQUESTS).date()),
        "slow work": SlowWork.objects.filter(last_at__lt=now - SLOW),
        "samples": HealthSample.objects.filter(at__lt=now - SAMPLES),
        "problems": done | quiet,
        "ailments": Ailment.objects.filter(ended_at__lt=now - AILMENTS),
    }
    return {name: rows.delete()[0] for name, rows in gone.items()}
