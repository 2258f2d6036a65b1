from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm.demo import registry as parts
from leads.models import Deal, Lead, Stage
from leads.people import panels
from leads.people.panels import Panel
from leads.people.services import goes_along
from leads.roi import demo, services
from leads.roi.queries import deals_of

SHOWN = 10
# What a move to this kind of stage makes of a deal.
BEGINS_AS = {
    Stage.Kind.OFFER.value: Deal.State.OPEN.value,
    Stage.Kind.RESERVED.value: Deal.State.RESERVED.value,
    Stage.Kind.CLOSED.value: Deal.State.CLOSED.value,
}


def deals(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    found = list(deals_of(lead))[:SHOWN]
    state = BEGINS_AS.get(request.GET.get("deal", ""), "")
    running = next((deal for deal in found if deal.closed_on is None), None)
    return {"deals": found, "asks_as": state, "running": running}


def register() -> None:
    parts.register("deals", demo.deals, 35)
    goes_along(services.end_with)
    panels.register(Panel("deals", "right", 50, "leads/roi/_deals.html", deals))
