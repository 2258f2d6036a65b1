"""The smallest components as functions, for tables with hundreds of them: a template takes longer.

What each writes is what its template in `templates/components/` writes; a test compares.
"""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.shell.template_tags import initials, tint


def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon " aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


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
