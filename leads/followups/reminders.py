"""What the owner is reminded of, and how early. The rows are the database's (reminders.sql)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from crm.notify import services as notices
from leads.models import FollowUpRules, Reminder


def rules() -> FollowUpRules:
    return FollowUpRules.objects.first() or FollowUpRules()


def usual(*, all_day: bool) -> list[int]:
    """As the owner prefers: minutes before the moment, or before the first minute of the day."""
    wished = rules()
    if not all_day:
        return sorted(wished.reminders)
    return [] if wished.day_reminder is None else [of_the_day(wished.day_reminder)]


def of_the_day(time: dt.time) -> int:
    return -(time.hour * 60 + time.minute)


def key(reminder: Reminder) -> str:
    return f"follow-up:{reminder.id}:{reminder.occurrence.isoformat()}"


def take_back(follow_ups: Iterable[UUID]) -> None:
    """What was said of them already is old news: unread in the page no more, and not mailed."""
    told = Reminder.objects.filter(follow_up__in=list(follow_ups), state=Reminder.State.TOLD)
    notices.take_back(keys=[key(reminder) for reminder in told])
