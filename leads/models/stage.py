from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from crm.audit import tracking


class StageQuerySet(models.QuerySet["Stage"]):
    def open(self) -> StageQuerySet:
        """Where somebody still is on the way to a home."""
        return self.exclude(kind__in=Stage.ENDED)

    def first_of(self, kind: str) -> Stage:
        return self.filter(kind=kind).order_by("order", "id")[0]


class Stage(models.Model):
    """A step on the way to a home: name and place are the owner's, its kind is what code knows."""

    class Kind(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        QUALIFIED = "qualified", "Qualified"
        SHOWING = "showing", "Showing"
        OFFER = "offer", "Offer"
        RESERVED = "reserved", "Reserved"
        CLOSED = "closed", "Closed"
        NURTURE = "nurture", "Nurture"
        LOST = "lost", "Lost"

    ENDED = (Kind.CLOSED, Kind.NURTURE, Kind.LOST)

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(default=0)
    likely_percent = models.PositiveSmallIntegerField("likely to close, %", default=0)

    objects = StageQuerySet.as_manager()

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["order", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="a_stage_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_stage_has_a_name"),
            models.CheckConstraint(
                condition=Q(likely_percent__lte=100), name="a_stage_is_likely_up_to_100"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.kind not in self.ENDED
