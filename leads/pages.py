"""The pages of this floor, in one table. A page stands here only when it can be opened."""

from __future__ import annotations

from crm.shell.navigation import Page, register

PAGES = [
    Page("Today", "today:today", "sun", order=10, key="T", words="home queue"),
    Page("Pipeline", "pipeline:board", "square-kanban", order=40, key="P",
         words="board stages deals funnel"),
    Page("Duplicates", "duplicates:review", "merge", section="settings", order=33,
         words="merge double twice household same person", group="Your data"),
]  # fmt: skip


def register_all() -> None:
    for page in PAGES:
        register(page)
