"""Retention: each category of data for as long as the owner says, and a report of what went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from crm.keep.registry import Category, categories
from crm.models import RetentionRule, RetentionRun


@dataclass(frozen=True)
class Keeping:
    """A category with the time in force and what its last run took away."""

    category: Category
    days: int | None
    last: RetentionRun | None


def keepings() -> list[Keeping]:
    days = dict(RetentionRule.objects.values_list("category", "days"))
    runs = RetentionRun.objects.order_by("category", "-ran_at").distinct("category")
    last = {run.category: run for run in runs}
    return [
        Keeping(
            category=category,
            days=days.get(category.name, category.default_days),
            last=last.get(category.name),
        )
        for category in categories()
    ]


@transaction.atomic
def set_days(*, category: Category, days: int | None) -> None:
    RetentionRule.objects.update_or_create(category=category.name, defaults={"days": days})


def let_go(now: datetime | None = None) -> list[RetentionRun]:
    """Every category's turn; one that fails is reported and does not stop the others."""
    moment = now or timezone.now()
    return [_run(keeping, moment) for keeping in keepings() if keeping.days is not None]


def _run(keeping: Keeping, now: datetime) -> RetentionRun:
    older_than = now - timedelta(days=keeping.days or 0)
    removed, error = 0, ""
    try:
        with transaction.atomic():
            removed = keeping.category.prune(older_than)
    except Exception as failure:
        error = type(failure).__name__
    return RetentionRun.objects.create(
        category=keeping.category.name, older_than=older_than, removed=removed, error=error
    )
