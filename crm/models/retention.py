from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RetentionRule(models.Model):
    """How long the owner wants one category of data kept; no days means for good."""

    category = models.CharField(max_length=60, primary_key=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__gte=1), name="data_is_kept_a_day_at_least"
            )
        ]

    def __str__(self) -> str:
        return self.category


class RetentionRun(models.Model):
    """The report of one night's letting go, category by category."""

    category = models.CharField(max_length=60)
    ran_at = models.DateTimeField(db_default=Now())
    older_than = models.DateTimeField()
    removed = models.PositiveIntegerField()
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-ran_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["category", "-ran_at"], name="retention_by_category")
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.removed}"
