"""How long people are kept who came to nothing, and how long it is known who looked at what."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from crm.keep.registry import Category, register_category
from leads.models import Interaction, Lead, Stage
from leads.models.lead import LeadQuerySet
from leads.people.rights import services

# In one night; the rest goes in the next.
MOST = 500


def lost_before(moment: datetime) -> LeadQuerySet:
    """Lost since before then, not heard of since, and without a deal to keep books about."""
    known = Lead.objects.filter(state__in=[Lead.State.PRESENT, Lead.State.ARCHIVED])
    lost = known.filter(stage__kind=Stage.Kind.LOST, stage_since__lt=moment, deals=None)
    found: LeadQuerySet = lost.filter(Q(last_touch_at=None) | Q(last_touch_at__lt=moment))
    return found


def erase_lost(moment: datetime) -> int:
    leads = list(lost_before(moment).order_by("stage_since", "id")[:MOST])
    for lead in sorted(leads, key=lambda lead: lead.id):
        services.erase(lead=lead)
    return len(leads)


def visits_before(moment: datetime) -> int:
    return Interaction.objects.filter(kind=Interaction.Kind.VISIT, at__lt=moment).count()


def forget_visits(moment: datetime) -> int:
    old = Interaction.objects.filter(kind=Interaction.Kind.VISIT, at__lt=moment)
    return int(old.delete()[0])


CATEGORIES = [
    Category(
        name="activity",
        label="Web visits",
        why="Which homes somebody looked at, and when.",
        default_days=90,
        prune=forget_visits,
        count=visits_before,
    ),
    Category(
        name="lost_leads",
        label="People who were lost",
        why="Erased for good, with all that was said, when they were lost that long ago and "
        "nothing was heard since. Who has a deal stays.",
        default_days=None,
        prune=erase_lost,
        count=lambda moment: lost_before(moment).count(),
        least_days=30,
    ),
]


def register() -> None:
    for category in CATEGORIES:
        register_category(category)
