"""Which lead an address means."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from crm.shell.links import link
from leads.models import ContactPoint, Lead


def a_lead(id: UUID) -> Lead:
    """One who can still be worked with, archived ones too."""
    lead: Lead = get_object_or_404(Lead.objects.select_related("stage", "household"), id=id)
    if lead.state in (Lead.State.MERGED, Lead.State.ERASED):
        raise Http404
    return lead


def a_point(lead: UUID, point: UUID) -> ContactPoint:
    found: ContactPoint = get_object_or_404(
        ContactPoint.objects.select_related("lead"), id=point, lead=a_lead(lead)
    )
    return found


def page_of(lead: Lead) -> str:
    return link("people:lead", lead.id)
