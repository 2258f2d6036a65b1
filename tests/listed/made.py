"""Guests to look at and to ask about."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.audit.services import operation
from crm.models import BulkRun
from tests.listed.models import Field, Guest, Source, Tag, Tagging, Value

FIRST = ["Ana", "Ben", "Carla", "Dana", "Élodie", "Jun", "Kevin", "Ligaya", "Marisol", "Noemi"]
LAST = ["Bautista", "dela Cruz", "Enriquez", "O'Brien", "Reyes", "Santos", "Tan", "Uy", "Yap"]


def make_guest(name="Ana Reyes", **given):
    return Guest.objects.create(**guest_values(name, **given))


def guest_values(name="Ana Reyes", **given):
    return {"name": name, "name_key": name.casefold()[:200], **given}


def make_guests(number, seed=7):
    """As many, of all sorts: ties, unknown budgets, never touched."""
    chance = random.Random(seed)
    now = timezone.now()
    sources = [Source.objects.create(name=name) for name in ("Website", "Referral", "Facebook")]
    tags = [Tag.objects.create(name=name) for name in ("Viewing", "Cash buyer", "Overseas")]
    budgets = [None, *(Decimal(500_000 * step) for step in range(1, 40))]
    days = [None, *((now + timedelta(days=day)).date() for day in range(-90, 400, 7))]
    guests = Guest.objects.bulk_create(
        Guest(
            **guest_values(f"{chance.choice(FIRST)} {chance.choice(LAST)}"),
            stage=chance.choice(["new", "new", "showing", "closed"]),
            score=chance.choice([20, 40, 60, 75, 90]),
            budget=chance.choice(budgets),
            touched_at=chance.choice([None, now - timedelta(days=chance.randrange(40))]),
            moving_on=chance.choice(days),
            met_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(2000)),
            vip=chance.choice([None, True, False]),
            source=chance.choice([None, *sources]),
        )
        for _ in range(number)
    )
    Tagging.objects.bulk_create(
        Tagging(guest=guest, tag=tag)
        for guest in guests
        for tag in chance.sample(tags, chance.randrange(3))
    )
    return guests


def make_values(guests):
    """A field of the owner's own, with a number for every other guest."""
    floor = Field.objects.create(name="Floor", kind="number")
    Value.objects.bulk_create(
        Value(guest=guest, field=floor, number=index) for index, guest in enumerate(guests[::2])
    )
    return floor


def make_run(**given):
    with operation("Close") as id:
        values = {
            "kind": "guests",
            "action": "close",
            "actor": "owner",
            "scope": {"tree": {"version": 1, "all": []}},
            "total": 0,
        }
        return BulkRun.objects.create(operation_id=id, **(values | given))
