"""What scoring keeps for itself. Nobody edits these rows, so they have no history."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone


class ScoreDue(models.Model):
    """When a lead's score will next change by the mere passing of time."""

    # No relation: an undo must not take it for something that uses the lead.
    lead: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, editable=False)
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField()

    class Meta:
        db_table = "leads_score_due"
        verbose_name_plural = "scores due"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at", "lead"], name="score_due_by_time")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class ScoreWalk(models.Model):
    """How far the scoring of everybody has come, after the rules or their points changed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    # Of the rules' table, by which everybody was or is being scored.
    version = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    after: models.UUIDField[UUID, UUID] = models.UUIDField(default=UUID(int=0))
    ended_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    class Meta:
        db_table = "leads_score_walk"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_walk")
        ]

    def __str__(self) -> str:
        return "ended" if self.ended_at else "under way"


class SourceRecord(models.Model):
    """How many leads a source brought, and how many of them closed."""

    source = models.BigIntegerField(primary_key=True, editable=False)
    leads = models.PositiveBigIntegerField()
    closed = models.PositiveBigIntegerField()

    class Meta:
        db_table = "leads_source_record"

    def __str__(self) -> str:
        return f"{self.closed} of {self.leads}"
