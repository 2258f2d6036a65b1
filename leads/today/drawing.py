"""A row of the queue as its template draws it, thirty of them in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from crm.shell import shapes
from crm.shell.template_tags import initials, tint

if TYPE_CHECKING:
    from leads.today.queue import Row

TEMPLATE = "leads/today/_row.html"
# Where a row's keys lead.
PAGES = (
    ("page", "people:lead"),
    ("call", "people:call"),
    ("text", "people:text"),
    ("log", "timeline:log"),
    ("why", "today:why"),
    ("snooze", "today:snooze"),
    ("done", "today:done"),
)


def row(row: Row, *, acts: bool) -> SafeString:
    """With what can be done about it, or to be read only."""
    return shapes.drawn(TEMPLATE, told(row, acts=acts), pages=PAGES)


def told(row: Row, *, acts: bool) -> dict[str, str]:
    lead, first, band = row.lead, row.first, row.band
    return {
        "id": str(lead.id), "ends": row.ends, "acts": "yes" if acts else "", "name": lead.name,
        "tint": str(tint(lead.name)), "initials": initials(lead.name),
        "tone": first.said.tone, "icon": first.rule.icon, "because": first.said.bold,
        "aside": row.aside, "stage": lead.stage.name, "along": str(lead.stage.likely_percent),
        "score": str(lead.score), "warmth": band.name, "word": band.word,
    }  # fmt: skip
