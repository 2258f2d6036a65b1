from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class ListCount(models.Model):
    """How many rows a question had when the worker last counted them. Can be counted anew."""

    fingerprint = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=40)
    query: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    amount: models.PositiveBigIntegerField[int | None, int | None] = models.PositiveBigIntegerField(
        null=True
    )
    counted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    tried_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    # When a page last asked for it; null for what the tabs show, which is counted always.
    wanted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(counted_at__isnull=False),
                name="a_count_has_its_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wanted_at"], name="list_count_wanted", condition=Q(wanted_at__isnull=False)
            ),
        ]

    @property
    def given_up(self) -> bool:
        return self.amount is None and self.tried_at is not None

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount}"
