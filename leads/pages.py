"""The pages of this floor, in one table. A page stands here only when it can be opened."""

from __future__ import annotations

from crm.shell.navigation import Page, register

WORK = "Your work"

PAGES = [
    Page("Today", "today:today", "sun", order=10, key="T", words="home queue"),
    Page("Scores", "scoring:points", "gauge", "settings", order=21, group=WORK,
         words="points rules hot warm cool"),
]  # fmt: skip


def register_all() -> None:
    for page in PAGES:
        register(page)
