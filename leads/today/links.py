"""Where a row's keys lead."""

from __future__ import annotations

from uuid import UUID

from crm.shell.links import link

NAMES = {
    "page": "people:lead",
    "call": "people:call",
    "text": "people:text",
    "log": "timeline:log",
    "why": "today:why",
    "snooze": "today:snooze",
    "done": "today:done",
}


def links(lead: UUID) -> dict[str, str]:
    return {name: link(view, lead) for name, view in NAMES.items()}
