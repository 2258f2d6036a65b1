from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm.audit import undo
from crm.demo import registry
from crm.runtime import ticks
from leads.duplicates import arriving, demo, erasing, finding, merging, queries
from leads.models import Lead
from leads.people import arrivals, panels
from leads.people.panels import Panel

DAILY = 86_400


def register() -> None:
    arrivals.register_lookup(arriving.look_up)
    erasing.register()
    panels.register(Panel("duplicates", "right", 10, "leads/duplicates/_panel.html", _panel))
    registry.register("people who are here twice", demo.build, 60)
    undo.register_way(merging.take_back_operation)
    ticks.register("leads.duplicates", every=DAILY, run=finding.find_all, slow=True)


def _panel(_request: HttpRequest, lead: Lead) -> dict[str, Any] | None:
    """Who else this may be, and who became one with them; nothing where there is neither."""
    pairs, merges = queries.of_lead(lead), queries.lately(lead)
    if not pairs and not merges:
        return None
    return {"lead": lead, "pairs": pairs, "merges": merges}
