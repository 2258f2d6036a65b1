"""What the timeline's templates are given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from leads.models import Lead
from leads.timeline import drawing, keyset, moments, queries

SHOWN = [
    ("all", "All"),
    ("talks", "Talks"),
    ("visits", "Visits"),
    ("notes", "Notes"),
    ("stages", "Stages"),
]
LONGEST_SEARCH = 100


def timeline(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    show = request.GET.get("show", "all")
    show = show if show in queries.SHOWN else "all"
    text = request.POST.get("words", "").strip()[:LONGEST_SEARCH]
    context = {"lead": lead, "show": show, "shows": SHOWN, "words": text}
    return context | (_found(lead, text) if text else _page(request, lead, show))


def panel(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    return timeline(request, lead)


def _page(request: HttpRequest, lead: Lead, show: str) -> dict[str, Any]:
    before = keyset.parsed(request.GET.get("before", ""))
    found = queries.timeline(lead, show=show, before=before)
    return {"days": _headed(lead, found.days), "following": found.following, "before": before}


def _found(lead: Lead, text: str) -> dict[str, Any]:
    entries, complete = queries.search(lead, text)
    days = _headed(lead, queries.days_of(entries))
    found = {"days": days, "following": None, "before": None}
    return found | {"found": len(entries), "complete": complete}


def _headed(lead: Lead, days: list[queries.Day]) -> list[tuple[str, list[SafeString]]]:
    today = timezone.localdate()
    return [
        (
            "" if day.begun else moments.heading(day.date, today),
            [drawing.entry(lead, entry) for entry in day.entries],
        )
        for day in days
    ]
