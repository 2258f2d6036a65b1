from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import ResolverMatch, reverse

from crm.audit import undoing
from crm.demo import registry as parts
from crm.runtime import grants
from crm.shell import keys, palette, topbar
from crm.shell.keys import Key
from crm.shell.palette import Action
from leads.models import Lead
from leads.people import adding, custom_fields, demo, page, panels
from leads.people.names import pages as names
from leads.people.panels import Panel, Place
from leads.people.rights import holdings, retention


def register() -> None:
    # Written by the database alone.
    grants.restrict("leads_stage_change", "SELECT")
    grants.restrict("leads_stage_tally", "SELECT")
    undoing.lead_away(_gone)
    topbar.register(topbar.Begin("Add lead", "people:add", key="N"))
    keys.register(Key(("N",), "Add a lead"))
    palette.register_action(
        Action("Add a lead", lambda: reverse("people:add"), "user-plus", words="new", key="N")
    )
    palette.register_offer(adding.offer)
    parts.register("people", demo.people, 30)
    names.register_all()
    holdings.register()
    retention.register()
    for panel in PANELS:
        panels.register(panel)


def _gone(match: ResolverMatch) -> str:
    """Whose adding was undone has no page any more."""
    lead = match.kwargs.get("lead")
    known = lead is None or Lead.objects.filter(id=lead).exists()
    return "" if known else reverse("directory:leads")


def _page(_request: HttpRequest, lead: Lead) -> dict[str, Any]:
    return {"page": page.of(lead)}


def _custom(_request: HttpRequest, lead: Lead) -> dict[str, Any] | None:
    held = custom_fields.held(lead)
    return {"held": held} if held else None


def _panel(name: str, place: Place, order: int, context: Any = _page) -> Panel:
    return Panel(name, place, order, f"leads/people/_{name}.html", context)


PANELS = [
    _panel("contact", "left", 20),
    _panel("about", "left", 40),
    _panel("wants", "right", 30),
    _panel("details", "right", 60),
    _panel("bonds", "right", 70),
    _panel("custom", "right", 80, _custom),
    _panel("history_panel", "right", 90),
]
