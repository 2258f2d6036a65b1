from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.audit import tracking
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow
from leads.models.contact_point import ContactPoint
from leads.models.interaction import Interaction
from leads.models.lead import Lead


class OutgoingMessageQuerySet(SealedQuerySet):
    def due(self, *, now: dt.datetime) -> OutgoingMessageQuerySet:
        return self.filter(state="waiting", due_at__lte=now)

    def cut_off(self, *, now: dt.datetime) -> OutgoingMessageQuerySet:
        """Those whose sender ended in the middle: nobody knows whether they left."""
        return self.filter(state="claimed", due_at__lte=now)

    def unsettled(self) -> OutgoingMessageQuerySet:
        """What the agent should see: on its way, or in need of a decision."""
        return self.filter(state__in=["waiting", "claimed", "failed", "uncertain"])


class OutgoingMessage(SealedRow):
    """A letter to a lead on its way out. Sent at most once: in doubt the agent decides."""

    sealed_for = "lead"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"
        UNCERTAIN = "uncertain", "Perhaps sent"
        CANCELLED = "cancelled", "Cancelled"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="outgoing_messages")
    point = models.ForeignKey(ContactPoint, models.SET_NULL, null=True, related_name="+")
    subject = EncryptedText(one_line=True, max_length=500)
    body = EncryptedText()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    # The next attempt, or the end of the lease while claimed.
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    interaction = models.OneToOneField(
        Interaction, models.SET_NULL, null=True, related_name="outgoing_message"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    settled_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[OutgoingMessage]] = models.Manager.from_queryset(
        OutgoingMessageQuerySet
    )()

    class Meta:
        db_table = "leads_outgoing_message"
        triggers = tracking.triggers(
            subject="lead", exclude=["claim", "due_at", "attempts", "last_error", "settled_at"]
        )
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="claimed", claim__isnull=False)
                | (~Q(state="claimed") & Q(claim__isnull=True)),
                name="only_a_claimed_message_has_a_claim",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"], name="outgoing_message_due",
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.Index(
                fields=["lead", "id"], name="outgoing_message_unsettled",
                condition=Q(state__in=["waiting", "claimed", "failed", "uncertain"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def message_id(self) -> str:
        return f"<{self.id}@mail.porchlight>"
