from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from crm.vault.ids import uuid7

# Facts, not documents: a reaction reads the rows themselves.
LONGEST_DATA = 4000


class Subject(models.Model):
    """One thing that events are about, and how many there were.

    Its row is locked by whoever records until they commit: numbers come in commit order.
    """

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True)
    last_number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.id}: {self.last_number}"


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    kind = models.CharField(max_length=80)
    subject: models.UUIDField[UUID, UUID] = models.UUIDField()
    number = models.PositiveBigIntegerField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    operation: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject", "number"], name="a_subject_counts_its_events_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    LessThanOrEqual(Length(Cast("data", models.TextField())), LONGEST_DATA)
                ),
                name="an_event_carries_small_facts",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="event_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
