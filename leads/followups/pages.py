"""The pages of this room, in one table, and its panel on a lead's page."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from crm.pages import YOU, setting
from crm.shell.keys import Key
from crm.shell.keys import register as register_key
from crm.shell.navigation import Page
from crm.shell.navigation import register as register_page
from crm.shell.palette import Action, register_action
from leads.followups import invitations, queries
from leads.models import FollowUpTemplate
from leads.people.panels import Panel
from leads.people.panels import register as register_panel

PAGES = [
    Page("Agenda", "followups:agenda", "calendar", order=20, key="A", words="calendar week day"),
    setting(
        20, YOU, "Follow-ups", "followups:settings", "alarm-clock",
        "reminders morning evening mail calendar feed ics",
    ),
    setting(21, YOU, "Sets of follow-ups", "followups:sets", "list-checks", "templates"),
    setting(22, YOU, "Keeping in touch", "followups:cadences", "cake", "birthday anniversary"),
]  # fmt: skip
KEYS = [
    Key(("F",), "Plan a follow-up; in a list, filter it"),
    Key(("S",), "Snooze a follow-up"),
    Key(("E",), "Done with a follow-up"),
    Key(("Y",), "Confirm the next showing"),
    Key(("Space", "↑", "↓", "←", "→"), "Lift, move and put down, in the agenda"),
]


def register_all() -> None:
    for page in PAGES:
        register_page(page)
    for key in KEYS:
        register_key(key)
    register_action(
        Action(
            "Plan a follow-up",
            lambda: reverse("followups:add"),
            "calendar-plus",
            words="add task reminder call showing meeting",
        )
    )
    template = "leads/followups/_panel.html"
    register_panel(Panel("follow-ups", "right", 10, template, panel, gathered))


def gathered() -> dict[str, ArraySubquery]:
    row = JSONObject(id="id", name="name")
    return {"follow_up_sets": ArraySubquery(FollowUpTemplate.objects.values(row=row))}


def panel(_request: HttpRequest, lead: Any) -> dict[str, Any]:
    """The next one with its actions, the others below it."""
    found = queries.of_lead(lead)
    waiting = [one for one in found if one.is_open]
    return {
        "lead": lead,
        "next": waiting[0] if waiting else None,
        "others": waiting[1:],
        "called_off": [one for one in found if invitations.called_off(one)],
        "sets": lead.follow_up_sets,
        "now": timezone.now(),
    }
