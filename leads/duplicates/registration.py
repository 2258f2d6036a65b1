from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from crm.audit import undo
from crm.demo import registry
from crm.runtime import ticks
from leads.duplicates import arriving, demo, erasing, finding, merging, queries
from leads.models import Duplicate, Merge
from leads.people import arrivals, panels
from leads.people.panels import Panel

DAILY = 86_400


def _gathered() -> dict[str, Exists]:
    """Most people have neither: then the panel asks no more."""
    lead = OuterRef("pk")
    pairs = Duplicate.objects.filter(Q(one=lead) | Q(other=lead), state=Duplicate.State.OPEN)
    merges = Merge.objects.filter(kept=lead, undone_at=None)
    return {"has_doubles": Exists(pairs), "has_merged": Exists(merges)}


def register() -> None:
    arrivals.register_lookup(arriving.look_up)
    erasing.register()
    panels.register(PANEL)
    registry.register("people who are here twice", demo.build, 60)
    undo.register_way(merging.take_back_operation)
    ticks.register("leads.duplicates", every=DAILY, run=finding.find_all, slow=True)


def _panel(_request: HttpRequest, lead: Any) -> dict[str, Any] | None:
    """Who else this may be, and who became one with them; nothing where there is neither."""
    pairs = queries.of_lead(lead) if lead.has_doubles else []
    merges = queries.lately(lead) if lead.has_merged else []
    if not pairs and not merges:
        return None
    return {"lead": lead, "pairs": pairs, "merges": merges}


PANEL = Panel("duplicates", "right", 10, "leads/duplicates/_panel.html", _panel, _gathered)
