from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from crm.vault.ids import uuid7


class SlowWorkQuerySet(models.QuerySet["SlowWork"]):
    def slowest_first(self) -> SlowWorkQuerySet:
        return self.order_by("-worst_ms", "-id")


class SlowWork(models.Model):
    """A page or a query that took too long: where, how often, how bad at worst."""

    class Kind(models.TextChoices):
        PAGE = "page", "Page"
        QUERY = "query", "Query"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=Kind)
    route = models.CharField(max_length=200)
    statement = models.TextField("statement, placeholders only", blank=True)
    count = models.PositiveBigIntegerField(default=1)
    total_ms = models.FloatField()
    worst_ms = models.FloatField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = SlowWorkQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "slow work"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fingerprint"], name="slow_work_is_listed_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="slow_work_happened"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-worst_ms", "-id"], name="slow_work_worst"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.route}"

    @property
    def mean_ms(self) -> float:
        return self.total_ms / self.count
