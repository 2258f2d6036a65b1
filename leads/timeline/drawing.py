"""An entry of the timeline as its template draws it, fifty of them in a page."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from crm.shell import shapes
from crm.shell.links import link
from leads.models import Lead
from leads.timeline.wording import Badge, Entry, File

TEMPLATE = "leads/timeline/_entry.html"
BADGE, FILE = "leads/timeline/_badge.html", "leads/timeline/_file.html"
# More than this is folded, and begins with so much of it.
LONG, BEGINNING = 600, 400


def entry(lead: Lead, one: Entry) -> SafeString:
    return shapes.drawn(TEMPLATE, told(lead, one))


def told(lead: Lead, one: Entry) -> dict[str, str]:
    local = timezone.localtime(one.at)
    clock, long = f"{local.hour}:{local:%M}", len(one.said) > LONG
    return {
        "id": str(one.interaction or ""), "tone": one.tone, "icon": one.icon,
        "strong": one.strong, "rest": one.rest, "badges": _all(map(_badge, one.badges)),
        "said": one.said, "beginning": Truncator(one.said).chars(BEGINNING) if long else "",
        "files": _all(_file(lead, each) for each in one.files),
        "moment": "" if one.all_day else local.isoformat(), "clock": clock,
        "edit": link("timeline:entry", lead.id, one.interaction) if one.interaction else "",
        "when": f"{local.day} {local:%B} {clock}",
    }  # fmt: skip


def _badge(badge: Badge) -> SafeString:
    return shapes.drawn(BADGE, {"tone": badge.tone, "text": badge.text})


def _file(lead: Lead, file: File) -> SafeString:
    address = link("timeline:file", lead.id, file.id)
    size = filesizeformat(file.size)
    return shapes.drawn(FILE, {"address": address, "name": file.name, "size": size})


def _all(drawn: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(drawn))
