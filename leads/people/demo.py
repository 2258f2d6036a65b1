"""The people of the demonstration: those of an agent in Cebu and Manila. Nobody real is in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from leads.models import BuyerProfile, Campaign, CustomField, Lead, Source, Stage
from leads.people import services
from properties.models import Area

CITIES = {
    "Lahug": "Cebu City", "Banilad": "Cebu City", "Busay": "Cebu City", "IT Park": "Cebu City",
    "Talamban": "Cebu City", "Mactan": "Lapu-Lapu", "Cordova": "Cordova", "Mandaue": "Mandaue",
    "Consolacion": "Consolacion", "Talisay": "Talisay", "Minglanilla": "Minglanilla",
    "BGC": "Taguig", "Taguig": "Taguig", "Makati": "Makati", "Salcedo": "Makati",
    "Legazpi": "Makati", "Rockwell": "Makati", "Quezon City": "Quezon City", "Pasig": "Pasig",
    "Ortigas": "Pasig", "Alabang": "Muntinlupa", "Parañaque": "Parañaque",
}  # fmt: skip
M = 1_000_000
PROFILE = {
    "pro": "Manila professional", "expat": "Expat retiree", "ofw": "OFW investor",
    "first": "First-time buyer", "family": "Upgrading family", "inv": "Investor",
    "exec": "Relocating executive",
}  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    name: str
    stage: str
    days: float  # since they arrived; in whole days, within working hours
    budget: tuple[float, float]  # in millions
    areas: str
    source: str
    profile: str
    moving: str
    home: str = "house"
    bedrooms: int = 2
    zone: str = ""
    kind: str = "buyer"
    tags: str = ""


PORTAL, ADS, SEARCH, SITE, FRIEND, OPEN, WALK = (
    "Property portal", "Facebook ads", "Google ads", "Website", "Referral", "Open house",
    "Walk-in or call",
)  # fmt: skip
# Until they move.
NOW, SOON, LATER, DREAM = "immediate", "planning", "researching", "dreaming"
S = Somebody
PEOPLE = [
    S("Jasmine Uy", "new", 0.002, (8, 10), "Lahug, Banilad", PORTAL, "first", SOON, "townhouse", 3),
    S("Marcus Reed", "new", 0.018, (12, 15), "BGC, Makati", SITE, "exec", SOON, "condo", 2,
      "America/New_York"),
    S("Brent Castillo", "new", 1, (10, 12), "Pasig, Ortigas", SEARCH, "pro", LATER, "condo"),
    S("Carlos Yap", "new", 0.1, (6, 8), "Mandaue", PORTAL, "family", SOON, "house", 3),
    S("Mei Ling Ong", "new", 2, (25, 32), "Rockwell, Salcedo", SITE, "inv", LATER, "condo", 3),
    S("Aileen Santos", "contacted", 9, (7, 9), "Talamban", ADS, "family", SOON, "house", 3),
    S("Rowena Dizon", "contacted", 6, (6, 8), "Mandaue, Consolacion", PORTAL, "ofw", LATER,
      "house", 3, "Asia/Dubai"),
    S("Liza Ocampo", "contacted", 15, (4, 6), "Talisay, Minglanilla", ADS, "first", LATER, "house"),
    S("Joshua Delgado", "contacted", 12, (3.5, 5), "IT Park", OPEN, "pro", LATER, "condo", 1),
    S("Rafael Ignacio", "contacted", 4, (5, 7), "Talamban, Banilad", SEARCH, "family", SOON,
      "house", 3),
    S("王小明", "contacted", 7, (18, 24), "BGC", SITE, "inv", LATER, "condo", 2, "Asia/Shanghai"),
    S("Ramon Villareal", "qualified", 21, (5, 7), "IT Park, Lahug", PORTAL, "pro", NOW, "condo",
      2, tags="Loan approved"),
    S("Patricia Lim", "qualified", 18, (20, 25), "Mactan", SITE, "expat", SOON, "house", 4,
      "Asia/Singapore", tags="VIP"),
    S("Henry Tan", "qualified", 30, (18, 22), "Mactan, Cordova", FRIEND, "inv", SOON, "lot", 0),
    S("Noemi Bautista", "qualified", 25, (7, 9), "Mandaue", FRIEND, "ofw", SOON, "house", 3,
      "Asia/Riyadh"),
    S("Kevin O\u2019Brien", "qualified", 20, (5, 6), "IT Park", SEARCH, "expat", LATER, "condo",
      1, "Europe/Dublin"),
    S("Teresa Gomez", "qualified", 33, (9, 11), "Banilad", FRIEND, "family", SOON, "townhouse", 3),
    S("Dana Whitfield", "showing", 16, (8, 12), "Lahug, Banilad, Busay", ADS, "exec", NOW,
      "townhouse", 3, "America/Chicago", tags="Loan approved, Relocating"),
    S("Miguel Navarro", "showing", 40, (11, 14), "Quezon City", ADS, "pro", NOW, "house", 3),
    S("Elena Marquez", "showing", 28, (9, 11), "Quezon City, Pasig", SEARCH, "family", NOW,
      "townhouse", 3),
    S("Hannah Brooks", "showing", 22, (14, 17), "Makati", SITE, "exec", SOON, "condo", 2,
      "Europe/London"),
    S("Jun dela Rosa", "showing", 31, (6, 8), "Talamban", WALK, "ofw", SOON, "house", 3,
      "Asia/Doha"),
    S("Grace Tolentino", "offer", 48, (13, 15), "Salcedo, Legazpi", FRIEND, "pro", NOW, "condo",
      2, tags="VIP"),
    S("Anton Reyes", "offer", 44, (21, 24), "Alabang", FRIEND, "family", NOW, "house", 4),
    S("Paolo Enriquez", "reserved", 62, (16, 18), "BGC, Taguig", OPEN, "inv", NOW, "condo", 2,
      tags="VIP"),
    S("Isabel Fernandez", "reserved", 70, (7, 9), "Lahug", ADS, "first", NOW, "condo", 2),
    S("Marites Aquino", "closed", 130, (5, 6), "Talisay", PORTAL, "first", NOW, "house", 2),
    S("Jerome Pascual", "closed", 210, (9, 10), "Banilad", FRIEND, "family", NOW, "townhouse", 3),
    S("Sofia Ramirez", "closed", 430, (14, 15), "Rockwell", SITE, "pro", NOW, "condo", 2),
    S("Edwin Chua", "closed", 380, (28, 30), "Mactan", FRIEND, "inv", NOW, "house", 4, tags="VIP"),
    S("Cora Villanueva", "closed", 400, (6, 7), "Mandaue", OPEN, "ofw", NOW, "house", 3,
      "Asia/Dubai"),
    S("Luis Mercado", "nurture", 95, (4, 5), "Minglanilla", ADS, "first", DREAM, "house", 2),
    S("Ingrid Larsen", "nurture", 140, (10, 14), "Mactan", SITE, "expat", DREAM, "house", 2,
      "Europe/Oslo"),
    S("Bea Soriano", "nurture", 120, (3, 4), "IT Park", ADS, "first", DREAM, "condo", 1),
    S("Dennis Cabrera", "nurture", 160, (8, 9), "Parañaque", PORTAL, "ofw", DREAM, "townhouse", 3,
      "Asia/Hong_Kong"),
    S("Victor Salazar", "lost", 100, (5, 6), "Pasig", SEARCH, "pro", SOON, "condo", 1),
    S("Nina Robles", "lost", 80, (12, 13), "Makati", PORTAL, "pro", NOW, "condo", 2),
    S("Marco Abella", "showing", 16, (8, 12), "Lahug, Banilad", ADS, "exec", NOW, "townhouse", 3,
      "Asia/Manila"),
    S("Andrea Lopez", "contacted", 5, (6, 8), "Lahug", FRIEND, "family", LATER, "house", 3,
      kind="seller"),
    S("Benjie Torres", "qualified", 26, (9, 12), "Banilad, Talamban", FRIEND, "family", SOON,
      "house", 4, kind="both"),
]  # fmt: skip


def people() -> None:
    if Lead.objects.exists():
        return
    areas = {
        name: Area.objects.get_or_create(name=name, city=city)[0] for name, city in CITIES.items()
    }
    ads = Source.objects.get(name=ADS)
    campaign = Campaign.objects.get_or_create(source=ads, name="Cebu townhouses")[0]
    for number, somebody in enumerate(PEOPLE):
        _add(number, somebody, areas, campaign)
    _bonds()
    _facts()


def _add(number: int, one: Somebody, areas: dict[str, Area], campaign: Campaign) -> None:
    now = timezone.now()
    low, high = (Decimal(int(part * M)) for part in one.budget)
    arrived = _arrival(number, one, now)
    word = "".join(c for c in one.name.casefold() if c.isascii() and c.isalpha()) or "wang"
    services.add_lead(
        name=one.name,
        kind=one.kind,
        stage=Stage.objects.first_of(one.stage),
        stage_since=_moved(number, one, arrived, now),
        source=Source.objects.get(name=one.source),
        campaign=campaign if one.source == ADS else None,
        phones=[f"+63 917 555 {1000 + number * 37:04}"],
        emails=[f"{word}@mail.example"] if number % 4 else [],
        arrived_at=arrived,
        profile=BuyerProfile.objects.filter(name=PROFILE[one.profile]).first(),
        zone=one.zone or "Asia/Manila",
        budget_min=low,
        budget_max=high,
        moving=one.moving,
        home_kinds=[one.home],
        bedrooms_min=one.bedrooms or None,
        areas=[areas[name] for name in one.areas.split(", ")],
        tags=one.tags.split(", "),
        lost_reason="elsewhere" if one.stage == "lost" else "",
        **_birthday(now, number),
    )


def _arrival(number: int, one: Somebody, now: dt.datetime) -> dt.datetime:
    """Whoever came today came just before the page is looked at; the others by day."""
    if one.days < 1:
        return now - dt.timedelta(days=one.days)
    return _at_work(now, int(one.days), number * 47)


def _moved(number: int, one: Somebody, arrived: dt.datetime, now: dt.datetime) -> dt.datetime:
    """To where they stand: some days ago, and after somebody had spoken with them."""
    if one.stage == Stage.Kind.NEW:
        return arrived
    return max(arrived + dt.timedelta(minutes=10), _at_work(now, 2 + number % 9, number * 71))


def _at_work(now: dt.datetime, days: int, minutes: int) -> dt.datetime:
    """So many days ago, between 8 and 18 by the owner's clock."""
    day = timezone.localdate(now) - dt.timedelta(days=days)
    wall = dt.datetime.combine(day, dt.time(8)) + dt.timedelta(minutes=minutes % 600)
    return timezone.make_aware(wall)


def _birthday(now: dt.datetime, number: int) -> dict[str, Any]:
    """Some tell it."""
    day = timezone.localdate(now) + dt.timedelta(days=number % 40 - 2)
    return {"birthday_month": day.month, "birthday_day": day.day} if number % 3 == 0 else {}


def _named(name: str) -> Lead:
    return Lead.objects.get(name=name)


def _bonds() -> None:
    dana = _named("Dana Whitfield")
    services.join_household(lead=dana, other=_named("Marco Abella"), relationship="spouse")
    for lead, by in (
        ("Grace Tolentino", "Edwin Chua"),
        ("Henry Tan", "Edwin Chua"),
        ("Teresa Gomez", "Jerome Pascual"),
        ("Noemi Bautista", "Cora Villanueva"),
    ):
        services.change_lead(lead=_named(lead), values={"referred_by": _named(by)})  # fmt: skip


def _facts() -> None:
    dana = _named("Dana Whitfield")
    services.change_lead(
        lead=dana,
        values={
            "language": "English",
            "home_kinds": ["townhouse", "house"],
            "must_have": ["Parking", "quiet street", "fibre"],
            "nice_to_have": ["Roof deck", "city view"],
            "about": "Title would be in Marco\u2019s name for a house and lot.\n\n"
            "Asked about flooding on the access road.",
        },
    )
    services.set_consent(lead=dana, channel="call", state="given", how="On your web form")
    services.set_consent(lead=dana, channel="email", state="given", how="On your web form")
    services.set_consent(lead=dana, channel="text", state="refused", how="On the phone")
    visa = CustomField.objects.create(
        name="Visa", kind="choice", choices=["None needed", "SRRV", "13A"], order=1
    )
    loan = CustomField.objects.create(name="Loan approved until", kind="date", order=2)
    until = timezone.localdate() + dt.timedelta(days=60)
    services.set_custom(lead=dana, values={visa.id: "13A", loan.id: until})
    services.set_custom(lead=_named("Ingrid Larsen"), values={visa.id: "SRRV"})
