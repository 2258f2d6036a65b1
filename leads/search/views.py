from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from leads.models import Lead
from leads.search import homes
from properties.models import Listing

SHOWN = 100


@require_GET
def home(request: HttpRequest, listing: UUID) -> HttpResponse:
    """Who asked about a home, saw it or bought it."""
    found = get_object_or_404(Listing.objects.select_related("area"), id=listing)
    interest = homes.interested(found)
    shown = interest[:SHOWN]
    leads = Lead.objects.select_related("stage").in_bulk([each.lead for each in shown])
    people = [{"lead": leads[each.lead], "what": each.what, "at": each.at} for each in shown]
    context = {
        "listing": found,
        "place": homes.place(found),
        "people": people,
        "more": len(interest) > SHOWN,
    }
    return render(request, "leads/search/home.html", context)
