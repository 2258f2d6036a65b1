"""Where a row's keys lead. Each address is looked up once, not once a row."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import reverse

NAMES = {
    "page": "people:lead",
    "call": "people:call",
    "text": "people:text",
    "log": "timeline:log",
    "why": "today:why",
    "snooze": "today:snooze",
    "done": "today:done",
}
SOMEBODY = UUID(int=0)


def links(lead: UUID) -> dict[str, str]:
    return {name: address.replace(str(SOMEBODY), str(lead)) for name, address in _all().items()}


@cache
def _all() -> dict[str, str]:
    return {name: reverse(view, args=[SOMEBODY]) for name, view in NAMES.items()}
