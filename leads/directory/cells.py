"""What stands in a cell, drawn as the house's components draw it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.shell import marks, moments
from leads.models import Lead
from leads.scoring.bands import band

ICONS = {
    "call": "phone", "email": "mail", "text": "message-circle", "messenger": "message-circle",
    "meeting": "users-round", "showing": "house", "visit": "eye",
}  # fmt: skip


def person(lead: Lead) -> SafeString:
    name = str(lead.name)
    drawn = marks.avatar(name, "sm")
    return format_html('<span class="person">{}<span class="long">{}</span></span>', drawn, name)


def stage(lead: Lead) -> SafeString:
    return marks.stage(lead.stage.name, lead.stage.likely_percent)


def score(lead: Lead) -> SafeString:
    found = band(lead.score)
    return marks.score(lead.score, tone=found.name, word=found.word)


def touch(lead: Lead) -> str:
    if lead.last_touch_at is None:
        return ""
    said = moments.ago(lead.last_touch_at, timezone.now(), timezone.get_current_timezone())
    said = said.removeprefix("on ")  # in a column the bare day reads better, and is not cut
    icon = marks.icon(ICONS.get(lead.last_touch_kind, "clock"))
    return format_html('<span class="touch muted">{}<span>{}</span></span>', icon, said)


def next_follow_up(lead: Lead) -> str:
    """ "Today 16:30", but for a later day only which it is: a table's column is narrow."""
    due, now, zone = lead.next_follow_up_at, timezone.now(), timezone.get_current_timezone()
    if due is None:
        return ""
    if late := moments.late(due, now, zone):
        return marks.badge(late, tone="bad", icon_name="circle-alert")
    day, today = due.astimezone(zone).date(), now.astimezone(zone).date()
    if (day - today).days <= 1:
        return moments.when(due, now, zone)
    return moments.near(day, today)
