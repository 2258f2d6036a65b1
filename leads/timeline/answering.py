"""How soon new people were answered: from their arrival to the first attempt of a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

# Whoever came a moment ago and may still be answered in time counts only when they were.
ANSWERED = """
SELECT count(*),
    count(*) FILTER (WHERE first_attempt_at - arrived_at <= %(within)s),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_attempt_at - arrived_at))
        FILTER (WHERE first_attempt_at IS NOT NULL)
FROM leads_lead
WHERE state = 'present' AND arrived_at >= %(since)s AND arrived_at <= %(now)s
    AND (first_attempt_at IS NOT NULL OR arrived_at <= %(late)s)
"""


@dataclass(frozen=True)
class Answered:
    """Of `people` who came, so many were answered in time; half of those answered, by `median`."""

    people: int
    in_time: int
    median: dt.timedelta | None

    @property
    def share(self) -> int | None:
        """In percent; None where nobody came."""
        return round(self.in_time * 100 / self.people) if self.people else None

    @property
    def median_words(self) -> str:
        """ "4 min", "2 h", "3 days" """
        if self.median is None:
            return ""
        minutes = round(self.median.total_seconds() / 60)
        if minutes < 120:
            return f"{minutes} min"
        hours = round(minutes / 60)
        return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"

    def reaches(self, goal_percent: int) -> bool:
        return self.share is not None and self.share >= goal_percent


def answered_within(
    minutes: int, since: dt.datetime, *, now: dt.datetime | None = None
) -> Answered:
    moment = now or timezone.now()
    within = dt.timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "within": within,
        "since": since,
        "now": moment,
        "late": moment - within,
    }
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, values)
        people, in_time, median = cursor.fetchone()
    return Answered(people, in_time, None if median is None else dt.timedelta(seconds=median))
