from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from crm.vault.ids import uuid7


class ProblemQuerySet(models.QuerySet["Problem"]):
    def open(self) -> ProblemQuerySet:
        return self.filter(done_at=None)

    def done(self) -> ProblemQuerySet:
        return self.exclude(done_at=None)

    def latest_first(self) -> ProblemQuerySet:
        return self.order_by("-last_at", "-id")


class Problem(models.Model):
    """One way in which something goes wrong, however often it does. Holds no personal data."""

    class Kind(models.TextChoices):
        PAGE = "page", "Page"
        TASK = "task", "Background task"
        TICK = "tick", "Regular work"
        BROWSER = "browser", "Browser"
        POLICY = "policy", "Blocked by the page's policy"
        WATCH = "watch", "This log itself"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    what = models.CharField(max_length=200)
    place = models.CharField(max_length=300, blank=True)
    route = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=500, blank=True)
    traceback = models.TextField(blank=True)
    count = models.PositiveBigIntegerField(default=1)
    returned = models.PositiveIntegerField("times it came back", default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fingerprint"], name="a_problem_is_listed_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="a_problem_happened"),
            models.CheckConstraint(
                condition=Q(last_at__gte=F("first_at")), name="a_problem_ends_after_it_began"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-last_at", "-id"], condition=Q(done_at=None), name="problems_open"
            ),
            models.Index(fields=["-last_at", "-id"], name="problems_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.what} in {self.place}" if self.place else self.what

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
