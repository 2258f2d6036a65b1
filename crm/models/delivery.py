from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.models.event import Event
from crm.vault.ids import uuid7


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unsettled(self) -> DeliveryQuerySet:
        return self.filter(state__in=Delivery.UNSETTLED)

    def due(self, *, now: datetime) -> DeliveryQuerySet:
        """Those whose attempt is due, or whose worker let the lease run out."""
        return self.filter(state__in=Delivery.ACTIVE, due_at__lte=now)

    def first_in_line(self) -> DeliveryQuerySet:
        return self.exclude(
            Exists(Delivery.objects.unsettled().filter(number__lt=OuterRef("number"), **BESIDE))
        )

    def set_aside(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.SET_ASIDE)

    def with_waiting_behind(self) -> DeliveryQuerySet:
        behind = (
            Delivery.objects.unsettled()
            .filter(number__gt=OuterRef("number"), **BESIDE)
            .order_by()
            .values("subject")
            .annotate(amount=Count("id"))
            .values("amount")
        )
        return self.annotate(waiting_behind=Coalesce(Subquery(behind), 0))


BESIDE = {"reaction": OuterRef("reaction"), "subject": OuterRef("subject")}


class Delivery(models.Model):
    """One event on its way to one reaction."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"
        SET_ASIDE = "set aside"
        SKIPPED = "skipped"

    ACTIVE = (State.WAITING, State.CLAIMED)
    UNSETTLED = (*ACTIVE, State.SET_ASIDE)

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=80)
    subject: models.UUIDField[UUID, UUID] = models.UUIDField()
    number = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        default=timezone.now, help_text="The next attempt, or the end of the lease while claimed."
    )
    claim: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    skipped_because = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["reaction", "subject", "number"], name="a_reaction_hears_an_event_once"
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", claim__isnull=False)
                | (~Q(state="claimed") & Q(claim__isnull=True)),
                name="only_a_claimed_delivery_has_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "skipped"], settled_at__isnull=False)
                | (~Q(state__in=["done", "skipped"]) & Q(settled_at__isnull=True)),
                name="a_settled_delivery_knows_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(skipped_because=""),
                name="skipping_a_delivery_has_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_due",
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.Index(
                fields=["reaction", "subject", "number"],
                name="delivery_in_line",
                condition=Q(state__in=["waiting", "claimed", "set aside"]),
            ),
            models.Index(fields=["id"], name="delivery_set_aside", condition=Q(state="set aside")),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} {self.number}: {self.state}"
