from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from crm.models.operation import Operation
from crm.vault.ids import uuid7


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def due(self, *, now: datetime) -> BulkRunQuerySet:
        """Those that nobody works on, or whose worker let the lease run out."""
        return self.filter(state__in=["waiting", "running"], due_at__lte=now)

    def going_on(self) -> BulkRunQuerySet:
        return self.filter(state__in=["waiting", "running"])


class BulkRun(models.Model):
    """A bulk action on more rows than a page can wait for. `after` is how far it has come: it
    moves in the transaction of the batch, so that nothing is done twice."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="bulk_runs")
    kind = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    actor = models.TextField("who")
    # Which rows: {"ids": [...]} or {"tree": {...}}.
    scope: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveBigIntegerField()
    done = models.PositiveBigIntegerField(default=0)
    left: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    after = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    due_at = models.DateTimeField(
        default=timezone.now, help_text="When it may be begun, or the end of the lease."
    )
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="running", claim__isnull=False)
                | (~Q(state="running") & Q(claim__isnull=True)),
                name="only_a_running_bulk_run_has_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "stopped", "failed"], ended_at__isnull=False)
                | Q(state__in=["waiting", "running"], ended_at__isnull=True),
                name="a_bulk_run_ends_when_it_is_over",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["kind", "due_at"],
                name="bulk_run_going_on",
                condition=Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["ended_at"], name="bulk_run_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.action} on {self.kind}: {self.state}"
