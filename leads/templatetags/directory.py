from __future__ import annotations

from django import template

from leads.directory import previewing
from leads.directory.previewing import Preview
from leads.models import Lead

register = template.Library()


@register.simple_tag
def preview_of(lead: Lead) -> Preview:
    return previewing.preview(lead)
