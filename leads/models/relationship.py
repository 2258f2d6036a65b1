from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from crm.audit import tracking
from crm.vault.ids import uuid7
from leads.models.lead import Lead


class Relationship(models.Model):
    """What one lead is to another."""

    class Kind(models.TextChoices):
        SPOUSE = "spouse", "Spouse"
        CO_BUYER = "co_buyer", "Co-buyer"
        PARENT = "parent", "Parent"
        CHILD = "child", "Child"
        SIBLING = "sibling", "Sibling"
        FRIEND = "friend", "Friend"
        COLLEAGUE = "colleague", "Colleague"
        ASSISTANT = "assistant", "Assistant"
        LAWYER = "lawyer", "Lawyer or attorney-in-fact"
        OTHER = "other", "Other"

    # What the first is to the other, as seen from the other.
    MIRRORED = {Kind.PARENT: Kind.CHILD, Kind.CHILD: Kind.PARENT}

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="relationships")
    other = models.ForeignKey(Lead, models.CASCADE, related_name="related_to")
    kind = models.CharField(max_length=9, choices=Kind.choices)

    class Meta:
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["lead", "other", "kind"], name="a_relationship_is_told_once"
            ),
            models.CheckConstraint(
                condition=~Q(lead=F("other")), name="nobody_is_related_to_themselves"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
