"""Where a row's keys lead."""

from __future__ import annotations

PAGES = (
    ("page", "people:lead"),
    ("call", "people:call"),
    ("text", "people:text"),
    ("log", "timeline:log"),
    ("why", "today:why"),
    ("snooze", "today:snooze"),
    ("done", "today:done"),
)
