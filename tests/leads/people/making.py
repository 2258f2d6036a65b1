"""A person with everything that a lead's page can show."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from leads.models import Campaign, CustomField, Lead, Source, Stage
from leads.people import services
from leads.roi.services import add_deal
from properties.models import Area, Listing


def dana() -> Lead:
    """Dana Whitfield of the design, made once."""
    found = Lead.objects.filter(name="Dana Whitfield").first()
    return found or _dana()


def _dana() -> Lead:
    ads = Source.objects.get(name="Facebook ads")
    areas = [Area.objects.get_or_create(name=name, city="Cebu City")[0] for name in AREAS]
    lead = services.add_lead(
        name="Dana Whitfield",
        source=ads,
        campaign=Campaign.objects.create(source=ads, name="Cebu townhouses"),
        phones=["+1 512 555 0142"],
        emails=["dana@example.com"],
        arrived_at=timezone.now() - dt.timedelta(days=16),
        zone="America/Chicago",
        language="English",
        birthday_month=2,
        birthday_day=29,
        budget_min=Decimal(8_000_000),
        budget_max=Decimal(12_000_000),
        home_kinds=["townhouse", "house"],
        bedrooms_min=3,
        moving="immediate",
        must_have=["Parking", "quiet street", "fibre"],
        nice_to_have=["Roof deck", "city view"],
        about="Title will be in Marco's name.\n\nAsk after the cat.",
        tags=["VIP", "Relocating"],
        areas=areas,
    )
    _around(lead)
    return lead


AREAS = ("Lahug", "Banilad", "Busay")


def _around(lead: Lead) -> None:
    marco = services.add_lead(name="Marco Abella")
    services.join_household(lead=lead, other=marco, relationship="spouse")
    services.change_lead(lead=lead, values={"referred_by": services.add_lead(name="Aileen Santos")})
    services.set_consent(lead=lead, channel="call", state="given", how="Your web form")
    services.set_consent(lead=lead, channel="text", state="refused", how="On the phone")
    for kind in ("contacted", "qualified", "showing"):
        services.move_stage(lead=lead, to=Stage.objects.first_of(kind))
    fields = [_field("Visa", "choice", choices=["SRRV", "None"]), _field("Passport", private=True)]
    services.set_custom(lead=lead, values={fields[0].id: "SRRV", fields[1].id: "P123"})
    acacia = Listing.objects.get_or_create(title="12 Acacia Lane")[0]
    add_deal(lead=lead, amount=Decimal(9_850_000), commission_percent=Decimal(3), listing=acacia)


def _field(name: str, kind: str = "text", **values: object) -> CustomField:
    return CustomField.objects.get_or_create(name=name, defaults={"kind": kind, **values})[0]


def lists() -> None:
    """A second of each list, so that rows can be moved and merged."""
    _field("Pets", "yes_no")
