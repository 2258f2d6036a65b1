from __future__ import annotations

from django import template

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
