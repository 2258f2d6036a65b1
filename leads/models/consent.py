from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from crm.audit import tracking
from crm.vault.ids import uuid7
from leads.models.lead import Lead


class Consent(models.Model):
    """What a lead said about being contacted one way. No row: they were not asked."""

    class Channel(models.TextChoices):
        CALL = "call", "Calls"
        TEXT = "text", "Texts"
        EMAIL = "email", "E-mail"
        MESSENGER = "messenger", "Messengers"
        ADS = "ads", "Ads"

    class State(models.TextChoices):
        GIVEN = "given", "Given"
        REFUSED = "refused", "Refused"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=9, choices=Channel.choices)
    state = models.CharField(max_length=7, choices=State.choices)
    at = models.DateTimeField(default=timezone.now)
    how = models.CharField("how it was given", max_length=200, blank=True)

    class Meta:
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["lead", "channel"], name="a_lead_has_one_consent_for_a_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"
