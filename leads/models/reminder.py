from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from crm.vault.ids import uuid7


class Reminder(models.Model):
    """A moment at which the owner is told of a follow-up; a row that stays due until told.

    The database makes and withdraws them (sql/reminders.sql), whoever planned, moved or ended what
    they remind of. That is no relation: an undo must not take them for something that uses it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being told"
        TOLD = "told", "Told"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    follow_up: models.UUIDField[UUID, UUID] = models.UUIDField(
        db_column="follow_up_id", editable=False
    )
    # Before the moment; of a day, before its first minute, so that -540 is 9 in the morning.
    minutes_before = models.IntegerField(default=0)
    occurrence = models.DateTimeField("of what is due at")
    fires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    # The next attempt, or the end of the lease while claimed.
    due_at = models.DateTimeField()
    claim: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["follow_up", "minutes_before", "occurrence"],
                name="an_occurrence_is_reminded_of_once",
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", claim__isnull=False)
                | (~Q(state="claimed") & Q(claim__isnull=True)),
                name="only_a_claimed_reminder_has_a_claim",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"], name="reminder_due",
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.Index(
                fields=["due_at"], name="reminder_tried",
                condition=Q(state__in=["waiting", "claimed"], attempts__gt=0),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.minutes_before} min before: {self.state}"
