from __future__ import annotations

from django import template

from leads.scoring import bands
from leads.scoring.bands import Band

register = template.Library()


@register.filter
def band(score: int) -> Band:
    return bands.band(score)
