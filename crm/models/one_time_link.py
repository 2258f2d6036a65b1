from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from crm.vault.ids import uuid7


class OneTimeLink(models.Model):
    """A way in that was printed at the machine. Only a hash of it is kept."""

    class Purpose(models.TextChoices):
        FIRST_RUN = "first_run", "First run"
        RECOVER = "recover", "Way back in"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    purpose = models.CharField(max_length=9, choices=Purpose.choices, unique=True)
    digest = models.BinaryField(max_length=32)
    drops_second_factors = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=["first_run", "recover"]),
                name="link_purpose_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
