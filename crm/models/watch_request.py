from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class RequestEntry(models.Model):
    """One answered request, without any trace of who asked or for whom."""

    at = models.DateTimeField()
    route = models.CharField(max_length=200)
    method = models.CharField(max_length=10)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.FloatField()
    queries = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField("bytes", default=0)

    class Meta:
        verbose_name_plural = "request entries"
        indexes: ClassVar[list[models.Index]] = [
            # Rows come in the order of their time and leave by it: a range index costs nothing.
            BrinIndex(fields=["at"], name="requests_by_time", autosummarize=True),
            models.Index(fields=["route", "-id"], name="requests_of_a_route"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"


class RouteTime(models.Model):
    """How many answers of a route fell into one bucket of time on one day (UTC).

    Percentiles over a month come from some hundred of these instead of a million entries.
    """

    day = models.DateField()
    route = models.CharField(max_length=200)
    method = models.CharField(max_length=10)
    bucket = models.PositiveSmallIntegerField()
    count = models.PositiveBigIntegerField()
    failures = models.PositiveBigIntegerField(default=0)
    queries = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField("bytes", default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day", "route", "method", "bucket"],
                name="a_route_has_one_row_a_day_and_bucket",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.method} {self.route}"
