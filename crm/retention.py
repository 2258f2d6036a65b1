"""What the house lets go of when it is old, in one table. The owner changes the times."""

from __future__ import annotations

from datetime import datetime

from crm.audit import services as audit
from crm.keep.registry import Category, register_category
from crm.models import SecurityEvent

YEAR = 365


def _events_before(moment: datetime) -> int:
    return SecurityEvent.objects.filter(at__lt=moment, scrubbed=False).count()


CATEGORIES = [
    Category(
        name="security_events",
        label="Sign-ins, reveals and exports",
        why="Who signed in from where, and what was shown or taken out. At least a year.",
        default_days=YEAR,
        prune=lambda moment: audit.forget_events(before=moment),
        count=_events_before,
        least_days=YEAR,
    ),
]


def register_all() -> None:
    for category in CATEGORIES:
        register_category(category)
