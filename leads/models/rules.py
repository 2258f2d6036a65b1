"""Where the owner chose other than the rules' own weights, and what was put off."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from crm.audit import tracking
from crm.vault.ids import uuid7
from leads.models.lead import Lead


class ScoreWeight(models.Model):
    """Other points than scoring's own for one of its rules; 0 switches it off."""

    rule = models.CharField(max_length=60, primary_key=True)
    points = models.SmallIntegerField()

    class Meta:
        triggers = tracking.triggers()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(points__range=(-100, 100)), name="points_are_within_100"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.points}"


class TodayWeight(models.Model):
    """Another weight than Today's own for one of its reasons; 0 switches it off."""

    rule = models.CharField(max_length=60, primary_key=True)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        triggers = tracking.triggers()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(weight__lte=1000), name="a_weight_is_within_1000"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.weight}"


class Score(models.Model):
    """What a lead's score was from a moment on, and why."""

    id = models.BigAutoField(primary_key=True)
    # No relation: an undo must not take it for something that uses the lead.
    lead: models.UUIDField[UUID, UUID] = models.UUIDField(editable=False)
    at = models.DateTimeField(default=timezone.now)
    score = models.PositiveSmallIntegerField()
    reasons: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lead", "-at"], name="score_of_a_lead")
        ]

    def __str__(self) -> str:
        return str(self.score)


class PutOff(models.Model):
    """A lead whom the owner sent away from Today until a moment, for one reason or for all."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="put_off")
    rule = models.CharField(max_length=60, blank=True)
    until: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "leads_put_off"
        verbose_name_plural = "put off"
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lead", "rule"], name="a_lead_is_put_off_once_a_reason")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["until"], name="put_off_by_time")
        ]

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d}"
