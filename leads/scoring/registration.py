from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm.audit import undo
from crm.runtime import ticks
from leads.models import Lead
from leads.people.panels import Panel
from leads.people.panels import register as register_panel
from leads.scoring import ageing, holding, measures, services
from leads.scoring.queries import panel
from leads.scoring.rules import START


def register() -> None:
    ticks.register(services.TICK, every=60, run=ageing.age, slow=True)
    ticks.register("leads.sources", every=3600, run=services.count_sources, slow=True)
    undo.when_undone(services.score_what_came_back)
    register_panel(Panel("score", "left", 10, "leads/scoring/_score.html", score_of))
    holding.register()
    measures.register_all()


def score_of(_request: HttpRequest, lead: Lead) -> dict[str, Any] | None:
    """Nothing before the first scoring, which follows within seconds."""
    return {"score": panel(lead), "start": START} if lead.scored_at else None
