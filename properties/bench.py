"""Homes for the bench: a tenth as many as there are people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.db import transaction

from crm.bench.registry import Maker, register_rows
from crm.bench.stage import Stage, copy
from crm.vault.ids import uuid7
from properties.models import Area, Listing

AREAS = 60
COLUMNS = (
    *("id", "title", "address", "area_id", "kind", "offer", "status", "price", "currency"),
    *("bedrooms", "bathrooms", "floor_area", "listed_at"),
)
STREETS = ("Acacia Lane", "Maple Row", "Salcedo Street", "Amihan Drive", "Talamban Road")
STATUS = ("available", "available", "available", "reserved", "sold", "rented", "off_market")


def register() -> None:
    register_rows(Maker("properties", "listings", make_listings))


def make_listings(stage: Stage) -> int:
    random, count = stage.random("listings"), max(1, stage.rows // 10)
    with transaction.atomic():
        areas = Area.objects.bulk_create(
            Area(name=f"Area {number}", city=f"City {number % 7}") for number in range(AREAS)
        )
        ids = [area.pk for area in areas]
        drawn = stage.zipf(AREAS).draw(random, count)
        copy(Listing._meta.db_table, COLUMNS, _listings(stage, random, ids, drawn))
    return count


def _listings(
    stage: Stage, random: Random, areas: list[int], drawn: list[int]
) -> Iterator[tuple[object, ...]]:
    for number, area in enumerate(drawn):
        street = STREETS[number % len(STREETS)]
        yield (
            *(uuid7(), f"{number + 1} {street}", f"{number + 1} {street}", areas[area]),
            *(random.choice(Listing.Kind.values), random.choice(("sale", "sale", "rent"))),
            *(random.choice(STATUS), round(random.lognormvariate(15.7, 0.6), -4), "PHP"),
            *(random.randrange(1, 6), random.randrange(1, 4), random.randrange(24, 400)),
            stage.today - timedelta(days=random.expovariate(1 / 200)),
        )
