"""The smallest components, which a page has by the hundred, as functions: a template takes longer.

Templates write `{% icon "phone" %}`, `{% avatar name size="sm" %}`, `{% score value tone="hot" %}`.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.shell.template_tags import initials, tint

register = template.Library()


@register.simple_tag
def icon(name: str, *, also: str = "", label: str = "") -> SafeString:
    """One of the sprite's; without a label it says nothing that its neighbours don't."""
    return _icon(str(name), also, label)


@lru_cache(maxsize=512)
def _icon(name: str, also: str, label: str) -> SafeString:
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"/></svg>',
        *(also, SafeString(said), static("icons.svg"), name),
    )


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    return format_html(
        '<span class="avatar {}" data-tint="{}" aria-hidden="true">{}</span>',
        *(size, tint(name), initials(name)),
    )


def who(name: str) -> SafeString:
    """A person as the first cell of a row shows them."""
    return format_html(
        '<span class="who">{}<span class="clip">{}</span></span>', avatar(name, "sm"), name
    )


def badge(text: str, *, tone: str = "", icon_name: str = "") -> SafeString:
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<span class="badge" data-tone="{}" >{}{}</span>', tone, drawn, text)


@register.simple_tag
def score(value: int, *, tone: str, word: str = "") -> SafeString:
    said = format_html("<span>{}</span>", word) if word else ""
    return format_html(
        '<span class="score" data-tone="{}"><svg class="dial" viewBox="0 0 20 20"'
        ' aria-hidden="true"><circle class="track" cx="10" cy="10" r="8"/><circle class="fill"'
        ' cx="10" cy="10" r="8" pathLength="100" stroke-dasharray="{} 100"/></svg><b>{}</b>{}'
        "</span>",
        *(tone, value, value, said),
    )


def stage(label: str, share: int | float) -> SafeString:
    return format_html(
        '<span class="stage"><svg viewBox="0 0 14 14" aria-hidden="true"><circle class="rim"'
        ' cx="7" cy="7" r="6"/><circle class="pie" cx="7" cy="7" r="2.5" pathLength="100"'
        ' stroke-dasharray="{} 100"/></svg>{}</span>',
        *(share, label),
    )
