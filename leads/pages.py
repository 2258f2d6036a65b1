"""The pages of this floor, in one table. A page stands here only when it can be opened."""

from __future__ import annotations

from crm.shell.navigation import Page, register
from leads.today.counting import GLANCE as PEOPLE_TODAY

WORK = "Your work"

PAGES = [
    Page("Today", "today:today", "sun", order=10, key="T", count=PEOPLE_TODAY, words="home queue"),
    Page("Today's reasons", "today:weights", "list-checks", "settings", order=20, group=WORK,
         words="today queue weights ranking rules why"),
    Page("Scores", "scoring:points", "gauge", "settings", order=21, group=WORK,
         words="points rules hot warm cool"),
    Page("Leads", "directory:leads", "users", order=30, key="L", words="people contacts list"),
    Page("Pipeline", "pipeline:board", "square-kanban", order=40, key="P",
         words="board stages deals funnel"),
    Page("Duplicates", "duplicates:review", "merge", section="settings", order=33,
         words="merge double twice household same person", group="Your data"),
]  # fmt: skip


def register_all() -> None:
    for page in PAGES:
        register(page)
