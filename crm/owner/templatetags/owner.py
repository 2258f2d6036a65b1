from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField

from crm.owner import passkeys, services

register = template.Library()


@register.simple_tag(takes_context=True)
def passkey_place(context: dict[str, Any]) -> passkeys.Place:
    return passkeys.place(context["request"])


@register.simple_tag
def someone_lives_here() -> bool:
    return services.owner() is not None


@register.filter
def seen(field: BoundField) -> str:
    """What this page shows now, sent back with the form to notice changes made elsewhere."""
    return field.as_hidden(only_initial=True)
