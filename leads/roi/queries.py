from __future__ import annotations

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from leads.models import Deal, Lead


def deals_of(lead: Lead) -> QuerySet[Deal]:
    """With their homes; asked once for all panels of a page."""
    prefetch_related_objects([lead], Prefetch("deals", Deal.objects.select_related("listing")))
    return lead.deals.all()
