"""The rail's figures, read in one statement: commissions, quick answers, whom the day reached."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from crm.models import Preferences
from crm.shell import charts, money
from leads.today.day import Day
from leads.today.saying import ANSWER_WITHIN

# A month of one agent; a larger one is judged by its latest.
ANSWERS_OF, MOST_ANSWERS, MOST_REACHED = dt.timedelta(days=30), 1000, 1000

FIGURES = """
SELECT
    (SELECT coalesce(sum(commission * rate), 0) FROM leads_deal
     WHERE state = 'closed' AND closed_on >= %(month)s AND closed_on < %(next_month)s),
    answers.judged, answers.quick, answers.median,
    ARRAY(SELECT DISTINCT lead_id FROM (
        (SELECT lead_id FROM leads_interaction WHERE at >= %(today)s AND at <= %(now)s
            AND direction = 'out' AND NOT automatic ORDER BY at DESC LIMIT %(most_reached)s)
        UNION ALL
        (SELECT lead_id FROM leads_follow_up WHERE state = 'done' AND ended_at >= %(today)s
            AND ended_at <= %(now)s AND lead_id IS NOT NULL
            ORDER BY ended_at DESC LIMIT %(most_reached)s)) done)
FROM (
    SELECT count(*) AS judged, count(*) FILTER (WHERE took <= %(within)s) AS quick,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took))
            FILTER (WHERE took IS NOT NULL) AS median
    FROM (
        SELECT first_attempt_at - arrived_at AS took FROM leads_lead
        WHERE state = 'present' AND arrived_at > %(since)s AND arrived_at <= %(now)s
            AND (first_attempt_at IS NOT NULL OR arrived_at < %(due)s)
        ORDER BY arrived_at DESC LIMIT %(most_answers)s
    ) latest
) answers
"""


@dataclass(frozen=True)
class Figures:
    commission: Decimal
    judged: int
    quick: int
    median: float | None
    reached: frozenset[UUID]


def figures(day: Day) -> Figures:
    month, next_month = _month(day.date)
    asked: dict[str, Any] = {
        "month": month, "next_month": next_month, "today": day.began, "now": day.now,
        "since": day.now - ANSWERS_OF, "due": day.now - ANSWER_WITHIN, "within": ANSWER_WITHIN,
        "most_answers": MOST_ANSWERS, "most_reached": MOST_REACHED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, asked)
        commission, judged, quick, median, reached = cursor.fetchone()
    return Figures(commission, judged, quick, median, frozenset(reached))


def _month(date: dt.date) -> tuple[dt.date, dt.date]:
    first = date.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class Pacing:
    """This month's commissions on their way to the goal."""

    earned: Decimal
    goal: Decimal | None
    currency: str
    day: int
    days: int

    @property
    def by_now(self) -> float:
        return round(self.day / self.days * 100, 1)

    @property
    def course(self) -> int:
        """Where the month ends if it goes on like this."""
        return round(self.earned / self.day * self.days)

    @property
    def ahead(self) -> Decimal:
        return self.earned - (self.goal or Decimal(0)) * self.day / self.days

    @property
    def short_distance(self) -> str:
        return money.short_money(abs(self.ahead), self.currency)

    @property
    def bar(self) -> charts.Goal:
        def say(amount: charts.drawing.Number) -> str:
            return money.money(Decimal(str(amount)), self.currency)

        return charts.Goal("Commissions this month", say=say, value=self.earned,
                           goal=self.goal or 0, by_now=self.by_now)  # fmt: skip


def pacing(figures: Figures, day: Day, preferences: Preferences) -> Pacing:
    days = calendar.monthrange(day.date.year, day.date.month)[1]
    return Pacing(
        figures.commission, preferences.goal_commission, preferences.currency, day.date.day, days
    )


@dataclass(frozen=True)
class Answers:
    """How many new leads were tried within 5 minutes, over 30 days."""

    judged: int
    quick: int
    median: float | None
    goal: int

    @property
    def percent(self) -> int:
        return round(self.quick / self.judged * 100) if self.judged else 0

    @property
    def median_words(self) -> str:
        if self.median is None:
            return "None tried yet"
        minutes = self.median / 60
        if minutes < 1:
            return "Median under 1 min"
        return f"Median {round(minutes)} min" if minutes < 90 else f"Median {round(minutes / 60)} h"

    @property
    def ring(self) -> charts.Ring:
        return charts.Ring("Answered in 5 minutes", percent=self.percent, word=f"{self.percent}%")


def answers(figures: Figures, preferences: Preferences) -> Answers:
    goal = preferences.goal_answered_percent
    return Answers(figures.judged, figures.quick, figures.median, goal)
