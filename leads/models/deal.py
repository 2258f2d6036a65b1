from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from crm.audit import tracking
from crm.vault.ids import uuid7
from leads.models.lead import Lead
from properties.models import Listing


class DealQuerySet(models.QuerySet["Deal"]):
    def closed_between(self, start: dt.date, end: dt.date) -> DealQuerySet:
        return self.filter(state="closed", closed_on__gte=start, closed_on__lt=end)

    def running(self) -> DealQuerySet:
        return self.filter(state__in=["open", "reserved"])


class Deal(models.Model):
    """A home changing hands, and what the agent earns by it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RESERVED = "reserved", "Reserved"
        CLOSED = "closed", "Closed"
        FELL_THROUGH = "fell_through", "Fell through"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="deals")
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    amount: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        "price", max_digits=14, decimal_places=2
    )
    currency = models.CharField(max_length=3, default="PHP")
    # What one unit of the currency was worth in the owner's home currency.
    rate: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        max_digits=18, decimal_places=8, default=Decimal(1)
    )
    commission_percent = models.DecimalField(max_digits=5, decimal_places=2)
    commission: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        max_digits=14, decimal_places=2
    )
    opened_on = models.DateField()
    expected_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(
        null=True, blank=True
    )
    closed_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(
        null=True, blank=True
    )

    objects = DealQuerySet.as_manager()

    class Meta:
        triggers = tracking.triggers(subject="lead")
        ordering: ClassVar[list[str]] = ["-opened_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_deal_is_about_money"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="a_rate_is_above_nothing"),
            models.CheckConstraint(
                condition=Q(commission_percent__range=(0, 100)),
                name="a_deals_commission_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(commission__gte=0), name="a_commission_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "fell_through"], closed_on__isnull=False)
                | Q(state__in=["open", "reserved"], closed_on__isnull=True),
                name="a_deal_that_ended_knows_when",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["closed_on", "id"], name="deal_closed",
                         condition=Q(state="closed")),
            models.Index(fields=["expected_on", "id"], name="deal_expected",
                         condition=Q(state__in=["open", "reserved"])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_state_display()
