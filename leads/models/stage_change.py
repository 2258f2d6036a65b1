from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.db import models


class StageChange(models.Model):
    """A move from one stage to another, written by the database whoever made it.

    Its lead is no relation: an undo must not take it for something that uses the lead.
    """

    id = models.BigAutoField(primary_key=True)
    lead: models.UUIDField[UUID, UUID] = models.UUIDField(editable=False)
    from_stage = models.BigIntegerField(null=True, editable=False)
    to_stage = models.BigIntegerField(editable=False)
    at = models.DateTimeField(editable=False)
    stayed: models.DurationField[dt.timedelta | None, dt.timedelta | None] = models.DurationField(
        "how long in the stage before", null=True, editable=False
    )
    why = models.TextField(blank=True, editable=False)
    actor = models.TextField("who", editable=False)
    operation: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        null=True, editable=False
    )

    class Meta:
        db_table = "leads_stage_change"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lead", "-at", "-id"], name="stage_change_of_a_lead"),
            models.Index(fields=["to_stage", "at"], name="stage_change_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} to {self.to_stage}"


class StageTally(models.Model):
    """How many leads stand in a stage and what they would spend: rows of differences, folded."""

    id = models.BigAutoField(primary_key=True)
    stage = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    leads = models.BigIntegerField()
    worth = models.DecimalField(max_digits=24, decimal_places=2)

    class Meta:
        db_table = "leads_stage_tally"
        verbose_name_plural = "stage tallies"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["stage", "kind", "currency"], name="stage_tally_by_stage")
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.leads}"
