from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.audit import tracking
from crm.models.folded import Folded
from crm.vault.ids import uuid7
from properties.models.area import Area


class Listing(models.Model):
    """A home that is, was or will be for sale or rent."""

    class Status(models.TextChoices):
        AVAILABLE = "available", "Available"
        RESERVED = "reserved", "Reserved"
        SOLD = "sold", "Sold"
        RENTED = "rented", "Rented"
        OFF_MARKET = "off_market", "Off the market"

    class Offer(models.TextChoices):
        SALE = "sale", "For sale"
        RENT = "rent", "For rent"

    class Kind(models.TextChoices):
        HOUSE = "house", "House"
        TOWNHOUSE = "townhouse", "Townhouse"
        CONDO = "condo", "Condo"
        APARTMENT = "apartment", "Apartment"
        LOT = "lot", "Lot"
        COMMERCIAL = "commercial", "Commercial"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    title = models.CharField("name", max_length=200, help_text="12 Acacia Lane, Casa Amihan")
    address = models.CharField(max_length=300, blank=True)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="listings")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.HOUSE)
    offer = models.CharField(max_length=4, choices=Offer.choices, default=Offer.SALE)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.AVAILABLE)
    price: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(max_length=3, default="PHP")
    bedrooms = models.PositiveSmallIntegerField(null=True, blank=True)
    bathrooms = models.PositiveSmallIntegerField(null=True, blank=True)
    floor_area = models.DecimalField(
        "floor area, m²", max_digits=9, decimal_places=2, null=True, blank=True
    )
    listed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["title"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="a_listing_has_a_name"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gt=0), name="a_price_is_above_nothing"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="a_listing_names_its_currency"
            ),
            models.CheckConstraint(
                condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0),
                name="a_floor_has_an_area",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "-listed_at", "id"], name="listing_by_status"),
            GinIndex(OpClass(Folded("title"), "gin_trgm_ops"), name="listing_title_letters"),
            GinIndex(OpClass(Folded("address"), "gin_trgm_ops"), name="listing_address_letters"),
            models.Index(F("price").asc(nulls_last=True), "id", name="listing_by_price"),
        ]

    def __str__(self) -> str:
        return self.title
