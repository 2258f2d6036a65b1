from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class TodayCount(models.Model):
    """How many people Today holds, as last counted: what every page's sidebar shows."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    people = models.PositiveSmallIntegerField(default=0)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "leads_today_count"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="today_is_counted_once")
        ]

    def __str__(self) -> str:
        return str(self.people)
