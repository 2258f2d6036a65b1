"""The moment for which Today is made, and the borders of its day on the owner's wall."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from crm.shell import moments

NEW_FOR = dt.timedelta(days=14)
WAITS_FOR = dt.timedelta(days=14)
QUIET_AFTER = dt.timedelta(days=5)
QUIET_UNTIL = dt.timedelta(days=60)
DEAL_LATE_FOR = dt.timedelta(days=60)
NEARLY_A_YEAR = dt.timedelta(days=360)
# A birthday is worth a word until some days after it.
LATE_WISHES = 3

CHOSEN = """
SELECT
    coalesce((SELECT jsonb_object_agg(rule, weight) FROM leads_todayweight), '{}'),
    coalesce((SELECT jsonb_agg(jsonb_build_object(
        'occasion', c.occasion, 'days', c.days,
        'tag', CASE c.audience WHEN 'tagged' THEN c.tag_id END,
        'stages', ARRAY(SELECT s.id FROM leads_stage s WHERE s.kind = CASE c.audience
            WHEN 'past_clients' THEN 'closed' WHEN 'nurture' THEN 'nurture' END ORDER BY s.id)
        ) ORDER BY c.id) FROM leads_cadence c WHERE c.active), '[]'),
    (SELECT people FROM leads_today_count WHERE id = 1)
"""


@dataclass(frozen=True)
class Keeping:
    """A rule of keeping in touch, with the stages or the tag that it means."""

    occasion: str
    days: int | None
    tag: int | None
    stages: list[int]


@dataclass(frozen=True)
class Chosen:
    """What the owner chose for Today, and how many people it held when it was last counted."""

    weights: dict[str, int]
    keeping: list[Keeping]
    counted: int | None


def chosen() -> Chosen:
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN)
        weights, keeping, counted = cursor.fetchone()
    return Chosen(json.loads(weights), [Keeping(**each) for each in json.loads(keeping)], counted)


@dataclass(frozen=True)
class Day:
    now: dt.datetime
    zone: dt.tzinfo

    @cached_property
    def date(self) -> dt.date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def began(self) -> dt.datetime:
        return self.after(0)

    @cached_property
    def ends(self) -> dt.datetime:
        return self.after(1)

    def after(self, days: int) -> dt.datetime:
        """The first moment of the day that comes so many days after today."""
        return moments.start_of_day(self.date + dt.timedelta(days=days), self.zone)

    @cached_property
    def chosen(self) -> Chosen:
        """Read once for a day, in one statement."""
        return chosen()

    @property
    def values(self) -> dict[str, Any]:
        """The moments that the reasons' queries name."""
        began = {f"began_{late}": self.after(-late) for late in range(LATE_WISHES + 1)}
        return {
            **began,
            "now": self.now,
            "today": self.date,
            "day_began": self.began,
            "day_ends": self.ends,
            "tomorrow_ends": self.after(2),
            "new_since": self.now - NEW_FOR,
            "waiting_since": self.now - WAITS_FOR,
            "quiet_since": self.now - QUIET_UNTIL,
            "quiet_until": self.now - QUIET_AFTER,
            "deals_since": self.date - DEAL_LATE_FOR,
            "nearly_a_year_ago": self.date - NEARLY_A_YEAR,
        }
