"""What some leads have: deals, and others who may be the same person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from crm.bench.stage import Stage, copy
from crm.vault.ids import uuid7
from leads.models import Deal, Duplicate, Lead
from leads.today import counting
from properties.models import Listing

STATES = {"offer": "open", "reserved": "reserved", "closed": "closed"}
MOST_FOLDED = 100_000
DEAL = (
    *("id", "lead_id", "listing_id", "state", "amount", "currency", "rate", "commission_percent"),
    *("commission", "opened_on", "expected_on", "closed_on"),
)
DUPLICATE = (
    *("id", "one_id", "other_id", "confidence", "evidence", "as_household", "state", "found_at"),
)


def make_deals(stage: Stage) -> int:
    """One in fifty has one."""
    random, homes = stage.random("deals"), list(Listing.objects.values_list("id", flat=True)[:5000])
    leads = Lead.objects.filter(stage__kind__in=STATES).order_by("id")
    chosen = leads.values_list("id", "stage__kind")[: max(1, stage.rows // 50)]
    return copy(Deal._meta.db_table, DEAL, _deals(stage, random, homes, list(chosen)))


def _deals(
    stage: Stage, random: Random, homes: list[UUID], chosen: list[tuple[UUID, str]]
) -> Iterator[tuple[object, ...]]:
    for lead, kind in chosen:
        amount = round(random.lognormvariate(15.7, 0.5), -4)
        opened = stage.today.date() - timedelta(days=random.randrange(1500))
        closed = min(opened + timedelta(days=60), stage.today.date()) if kind == "closed" else None
        yield (
            *(uuid7(), lead, random.choice(homes), STATES[kind], amount, "PHP", 1, 4),
            *(round(amount * 0.04, 2), opened, opened + timedelta(days=90), closed),
        )


def make_duplicates(stage: Stage) -> int:
    """One in two hundred looks like another; every fifth pair shares a number as couples do."""
    random, many = stage.random("duplicates"), max(1, stage.rows // 200)
    ids = sorted(Lead.objects.values_list("id", flat=True)[: 2 * many])
    rows = (
        (
            uuid7(),
            one,
            other,
            random.randrange(60, 100),
            '["same_phone"]',
            at % 5 == 0,
            "open",
            stage.today,
        )
        for at, (one, other) in enumerate(zip(ids[::2], ids[1::2], strict=False))
    )
    return copy(Duplicate._meta.db_table, DUPLICATE, rows)


def fold(_stage: Stage) -> int:
    """To the end: what was added batch by batch becomes one row for each word."""
    folded = 0
    with connection.cursor() as cursor:
        for function in ("leads_fold_name_words", "leads_fold_tallies"):
            while more := _called(cursor, function):
                folded += more
                if more < MOST_FOLDED:
                    break
    return folded


def _called(cursor: Any, function: str) -> int:
    cursor.execute(f"SELECT {function}()")
    return int(cursor.fetchone()[0])


def count_today(_stage: Stage) -> int:
    return counting.count_anew()
