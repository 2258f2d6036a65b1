"""What stands in a cell, drawn as the house's components draw it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.shell import marks, moments
from leads.models import Lead
from leads.scoring.bands import band
from leads.templatetags.scores import due_day, touch_icon


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
    icon = marks.icon(touch_icon(lead.last_touch_kind))
    return format_html('<span class="touch muted">{}{}</span>', icon, said)


def next_follow_up(lead: Lead) -> str:
    if lead.next_follow_up_at is None:
        return ""
    now, zone = timezone.now(), timezone.get_current_timezone()
    if late := moments.late(lead.next_follow_up_at, now, zone):
        return marks.badge(late, tone="bad", icon_name="circle-alert")
    return due_day(lead.next_follow_up_at)
