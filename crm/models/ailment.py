from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from crm.vault.ids import uuid7


class AilmentQuerySet(models.QuerySet["Ailment"]):
    def lasting(self) -> AilmentQuerySet:
        return self.filter(ended_at=None)


class Ailment(models.Model):
    """One stretch of time in which a health check was not well."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    check_name = models.CharField(max_length=80)
    label = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    # Looks and not hours: a night of the machine's sleep is no night of illness.
    ill_looks = models.PositiveIntegerField(default=1)
    well_looks = models.PositiveIntegerField(default=0, help_text="In a row, the last ones.")
    told_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects = AilmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-began_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["check_name"],
                condition=Q(ended_at=None),
                name="a_check_has_one_ailment_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["check_name", "began_at"], name="ailment_by_check"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, since {self.began_at:%Y-%m-%d %H:%M}"
