from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.audit import tracking
from crm.models import Operation
from crm.vault.ids import uuid7
from leads.models.lead import Lead


class Duplicate(models.Model):
    """Two leads who may be one person, and what speaks for it."""

    class State(models.TextChoices):
        OPEN = "open", "To be looked at"
        DISTINCT = "distinct", "Two people"
        HOUSEHOLD = "household", "One household"
        MERGED = "merged", "Merged"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    one = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    other = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    confidence = models.PositiveSmallIntegerField()
    # Kinds of evidence, such as "same e-mail": never the values themselves.
    evidence: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    # A shared phone of a couple is offered as a household.
    as_household = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    class Meta:
        triggers = tracking.triggers(subject="one")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["one", "other"], name="a_pair_is_found_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="a_pair_is_in_order"),
            models.CheckConstraint(
                condition=Q(confidence__lte=100), name="a_confidence_ends_at_100"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-confidence", "id"], name="duplicate_open", condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.confidence} %"


class Merge(models.Model):
    """Leads that became one, with what an undo needs beyond the trail."""

    operation = models.OneToOneField(
        Operation, models.PROTECT, primary_key=True, related_name="merge"
    )
    kept = models.ForeignKey(Lead, models.CASCADE, related_name="merges")
    gone = ArrayField(models.UUIDField())
    # The ids of the data keys that each lead handed over, by the lead's id.
    keys: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    # Rows that keep no trail and went along, by the lead they came from: scores, notices.
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    # Whose value each field took, by the lead's id, so that the merge can be made again.
    chosen: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    undone_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(gone__len__range=(1, 9)), name="a_merge_takes_up_to_ten"
            )
        ]

    def __str__(self) -> str:
        return f"{len(self.gone) + 1} became one"

    @property
    def gone_ids(self) -> list[str]:
        return [str(id) for id in self.gone]


class DuplicateSearch(models.Model):
    """The last search through everybody: when, and what it left out."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    pairs = models.PositiveIntegerField(default=0)
    # How many numbers or addresses of a kind are shared by too many people to be one person's.
    skipped: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)

    class Meta:
        db_table = "leads_duplicate_search"
        verbose_name_plural = "duplicate searches"

    def __str__(self) -> str:
        return f"{self.pairs} pairs"
