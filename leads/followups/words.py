"""A follow-up in words."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from leads.followups import clock
from leads.models import FollowUp


def moment(follow_up: FollowUp, zone: dt.tzinfo) -> str:
    """Wed 17 June, 10:30; of a day, the day alone."""
    if follow_up.due_on is not None:
        return day_in_words(follow_up.due_on)
    local = clock.wall(follow_up.due, zone)
    return f"{day_in_words(local.date())}, {local.hour}:{local:%M}"


def day_in_words(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%B}"


def reminder(follow_up: FollowUp, zone: dt.tzinfo) -> tuple[str, str]:
    """Right whenever it is read: it says when, and not how soon."""
    return f"{follow_up.headline[:150]}: {moment(follow_up, zone)}", follow_up.subject


def address(follow_up: FollowUp) -> str:
    return reverse("followups:one", args=[follow_up.id])
