from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class HealthSample(models.Model):
    """How the machine and the house were at one moment, every quarter of an hour."""

    at = models.DateTimeField()
    database_bytes = models.PositiveBigIntegerField()
    rows_a_second = models.FloatField(null=True)
    memory_bytes = models.PositiveBigIntegerField(null=True)
    cpu_percent = models.FloatField(null=True)
    disk_free_bytes = models.PositiveBigIntegerField(null=True)
    waiting = models.PositiveBigIntegerField("work waiting", default=0)
    worker_lag_seconds = models.FloatField(null=True)
    counters = models.JSONField("running totals, for the next sample", default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["at"], name="a_moment_is_sampled_once"),
            models.CheckConstraint(
                condition=Q(cpu_percent=None) | Q(cpu_percent__gte=0),
                name="a_sample_uses_no_negative_processor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
