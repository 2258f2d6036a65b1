from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone

from crm.shell import moments
from leads.scoring import bands
from leads.scoring.bands import Band

register = template.Library()

ICONS = {
    "call": "phone", "email": "mail", "text": "message-circle", "messenger": "message-circle",
    "meeting": "users-round", "showing": "house", "visit": "eye",
}  # fmt: skip


@register.filter
def band(score: int) -> Band:
    return bands.band(score)


@register.filter
def touch_icon(kind: str) -> str:
    return ICONS.get(kind, "clock")


@register.filter
def due_day(moment: dt.datetime | None) -> str:
    """ "Today 16:30", but for a later day only which it is: a table's column is narrow."""
    if moment is None:
        return ""
    now, zone = timezone.now(), timezone.get_current_timezone()
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if (day - today).days <= 1:
        return moments.when(moment, now, zone)
    return moments.near(day, today)
