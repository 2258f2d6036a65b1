from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from leads.models import Stage
from leads.scoring import facts_sql

MONTH, QUARTER = dt.timedelta(days=30), dt.timedelta(days=90)
# How long since they gave a sign, and since anybody spoke, in days: the steps that count.
SIGN_STEPS = (1, 7, 30)
SILENCE_STEPS = (21, 45, 90)


@dataclass(frozen=True)
class Facts:
    """What is known of a lead at a moment, as far as any rule reads it."""

    lead: UUID
    now: dt.datetime
    stage: str = Stage.Kind.NEW
    moving: str = ""
    budget_known: bool = False
    do_not_contact: bool = False
    referred: bool = False
    # When they last wrote, called, were reached or looked at a home.
    last_sign_at: dt.datetime | None = None
    last_touch_at: dt.datetime | None = None
    source_leads: int | None = None
    source_closed: int | None = None
    replies: int = 0
    tries: int = 0
    showings: int = 0
    missed: int = 0
    asked: int = 0
    loved: bool = False
    mood: str | None = None
    answers_in: float | None = None
    first_reply_at: dt.datetime | None = None
    first_talk_at: dt.datetime | None = None
    viewed: int | None = None
    first_visit_at: dt.datetime | None = None
    # Of all sources together.
    all_leads: int = 0
    all_closed: int = 0

    @property
    def is_open(self) -> bool:
        return self.stage not in Stage.ENDED

    def ages_at(self) -> dt.datetime | None:
        """When time alone will make one of these facts another."""
        steps = [
            *_steps(self.last_sign_at, SIGN_STEPS),
            *_leaving(self.first_reply_at, MONTH),
            *_leaving(self.first_visit_at, MONTH),
            *_leaving(self.first_talk_at, QUARTER),
        ]
        if self.is_open:
            steps += _steps(self.last_touch_at, SILENCE_STEPS)
        return min((moment for moment in steps if moment > self.now), default=None)


def _steps(since: dt.datetime | None, days: Sequence[int]) -> Iterator[dt.datetime]:
    if since is not None:
        yield from (since + dt.timedelta(days=step) for step in days)


def _leaving(first: dt.datetime | None, window: dt.timedelta) -> Iterator[dt.datetime]:
    if first is not None:
        yield first + window


def read(leads: Sequence[UUID], *, now: dt.datetime) -> list[Facts]:
    """Of those who are present, in two statements whatever their number."""
    asked: dict[str, Any] = {
        "leads": list(leads),
        "now": now,
        "month": now - MONTH,
        "quarter": now - QUARTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(facts_sql.OVERALL)
        all_leads, all_closed = (int(number) for number in cursor.fetchone())
        cursor.execute(facts_sql.FACTS, asked)
        names = ["lead", *(column.name for column in cursor.description[1:])]
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    together: dict[str, Any] = {"now": now, "all_leads": all_leads, "all_closed": all_closed}
    return [Facts(**dict(zip(names, row, strict=True)), **together) for row in rows]
