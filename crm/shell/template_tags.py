from __future__ import annotations

import datetime as dt
import re
import zlib
from html import unescape
from itertools import cycle
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from crm.shell import moments
from crm.vault.ids import uuid7

register = template.Library()

TINTS = 6


def plain(text: object) -> str:
    """A component's attribute arrives escaped; what is computed from it must not be."""
    return unescape(text) if isinstance(text, SafeString) else str(text)


@register.simple_tag
def once() -> SafeString:
    """For a form that makes something: see crm.shell.once."""
    return format_html('<input type="hidden" name="sent" value="{}">', uuid7())


@register.filter
def initials(name: object) -> str:
    words = plain(name).split()
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@register.filter
def tint(name: object) -> int:
    """One of six colours; the same name has the same one everywhere."""
    return zlib.crc32(plain(name).encode()) % TINTS + 1


@register.filter
def widget_kind(field: BoundField) -> str:
    """What a field is drawn as: the widget's class decides, not its name."""
    kind = getattr(field.field.widget, "input_type", "") or type(field.field.widget).__name__
    return str(kind).lower()


@register.simple_tag
def percent_of(value: Any, whole: Any) -> str:
    share = float(value) / float(whole) * 100 if whole else 0.0
    return f"{max(0.0, min(100.0, share)):.4g}"


@register.filter
def marked(text: object, wanted: str) -> SafeString:
    """The text with what was typed marked in it, every piece escaped."""
    words = [re.escape(word) for word in str(wanted).lstrip("> ").split()]
    if not words:
        return escape(text)
    pieces = re.split(rf"\b({'|'.join(words)})", str(text), flags=re.IGNORECASE)
    shown = (
        format_html("<mark>{}</mark>", piece) if odd else escape(piece)
        for odd, piece in zip(cycle((False, True)), pieces, strict=False)
    )
    return format_html_join("", "{}", ((piece,) for piece in shown))


@register.filter
def when(moment: dt.datetime | None) -> str:
    """Of a page: its zone is the owner's."""
    zone = timezone.get_current_timezone()
    return moments.when(moment, timezone.now(), zone) if moment else ""


@register.filter
def ago(moment: dt.datetime | None) -> str:
    zone = timezone.get_current_timezone()
    return moments.ago(moment, timezone.now(), zone) if moment else ""


@register.filter
def late(due: dt.datetime | None) -> str:
    zone = timezone.get_current_timezone()
    return moments.late(due, timezone.now(), zone) if due else ""


@register.filter
def clock(moment: dt.datetime | None) -> str:
    return moments.clock(moment, timezone.get_current_timezone()) if moment else ""


@register.filter
def near(date: dt.date | None) -> str:
    date = timezone.localdate(date) if isinstance(date, dt.datetime) else date
    return moments.near(date, timezone.localdate()) if date else ""


@register.filter
def within(words: str) -> str:
    return moments.within(words)
