"""Moments as the log says them: "Thursday 10:00", "Wed 17 June, 17:00"."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format

from crm.shell.moments import clock
from leads.followups.proposals import Proposal


def next_words(proposal: Proposal | None, now: dt.datetime) -> str:
    """ "Call again, Thu 18 June, 10:00" """
    if proposal is None or (proposal.due is None and proposal.due_on is None):
        return "No follow-up"
    return f"{proposal.title}, {due_words(proposal.due, proposal.due_on, now)}"


def due_words(due: dt.datetime | None, due_on: dt.date | None, now: dt.datetime) -> str:
    today = timezone.localdate(now)
    if due_on is not None or due is None:
        return day_words(due_on or today, today)
    zone = timezone.get_current_timezone()
    return f"{day_words(timezone.localdate(due), today)} {clock(due, zone)}"


def day_words(day: dt.date, today: dt.date) -> str:
    """ "tomorrow", "Thursday" within the week, then "Wed 17 June" """
    away = (day - today).days
    if away in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[away + 1]
    if 1 < away < 7:
        return date_format(day, "l")
    return date_format(day, "D j F" if day.year == today.year else "D j F Y")


def heading(day: dt.date, today: dt.date) -> str:
    """Of a day in the timeline: "Today", "Yesterday", "Sunday, 14 June"."""
    away = (today - day).days
    if away in (0, 1):
        return ("Today", "Yesterday")[away]
    return date_format(day, "l, j F" if day.year == today.year else "l, j F Y")
