"""What a new house begins with: stages, profiles, sources. The owner renames and reorders them."""

from __future__ import annotations

from django.db import transaction

from leads.models import BuyerProfile, Cadence, Source, Stage

# Kind, and how likely a home changes hands from there.
STAGES = [
    (Stage.Kind.NEW, 5),
    (Stage.Kind.CONTACTED, 10),
    (Stage.Kind.QUALIFIED, 20),
    (Stage.Kind.SHOWING, 35),
    (Stage.Kind.OFFER, 60),
    (Stage.Kind.RESERVED, 90),
    (Stage.Kind.CLOSED, 100),
    (Stage.Kind.NURTURE, 0),
    (Stage.Kind.LOST, 0),
]
PROFILES = [
    "Manila professional",
    "Expat retiree",
    "OFW investor",
    "First-time buyer",
    "Upgrading family",
    "Investor",
    "Relocating executive",
]
SOURCES = [
    ("Property portal", Source.Kind.PORTAL),
    ("Facebook ads", Source.Kind.ADS),
    ("Google ads", Source.Kind.ADS),
    ("Website", Source.Kind.WEBSITE),
    ("Referral", Source.Kind.REFERRAL),
    ("Open house", Source.Kind.EVENT),
    ("Walk-in or call", Source.Kind.WALK_IN),
]
CADENCES = [
    ("Past clients, every 90 days", Cadence.Occasion.EVERY, 90),
    ("Birthdays of past clients", Cadence.Occasion.BIRTHDAY, None),
    ("Home anniversaries", Cadence.Occasion.ANNIVERSARY, None),
]


@transaction.atomic
def ensure() -> None:
    """Each kind of stage has a stage, always; the other lists are the owner's once begun."""
    there = set(Stage.objects.values_list("kind", flat=True))
    for order, (kind, likely) in enumerate(STAGES, start=1):
        if kind not in there:
            name = Stage.Kind(kind).label
            Stage.objects.create(name=name, kind=kind, order=order, likely_percent=likely)
    if there:
        return
    for order, profile in enumerate(PROFILES, start=1):
        BuyerProfile.objects.create(name=profile, order=order)
    for order, (source, sort) in enumerate(SOURCES, start=1):
        Source.objects.create(name=source, kind=sort, order=order)
    for cadence, occasion, days in CADENCES:
        Cadence.objects.create(
            name=cadence, audience=Cadence.Audience.PAST_CLIENTS, occasion=occasion, days=days
        )
