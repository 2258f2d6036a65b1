"""Whose timeline it is."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from crm.models import Preferences
from crm.shell.links import link
from leads.models import Interaction, Lead

KEPT = (Lead.State.PRESENT, Lead.State.ARCHIVED)


def lead_of(id: UUID) -> Lead:
    """Not of those who were merged away or erased."""
    people = Lead.objects.filter(state__in=KEPT).select_related("stage", "source")
    found: Lead = get_object_or_404(people, id=id)
    return found


def entry_of(lead: UUID, interaction: UUID) -> Interaction:
    kept = Interaction.objects.filter(lead=lead, lead__state__in=KEPT)
    found: Interaction = get_object_or_404(kept.select_related("lead", "listing"), id=interaction)
    return found


def page_of(lead: Lead) -> str:
    return link("people:lead", lead.id)


def preferences_of(request: HttpRequest) -> Preferences:
    return cast("Preferences", request.user.preferences)  # type: ignore[union-attr]
