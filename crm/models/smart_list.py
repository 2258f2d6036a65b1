from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from crm.audit import tracking
from crm.vault.ids import uuid7


class SmartList(models.Model):
    """A saved view of a kind of list: what it holds, in which order, with which columns.

    One that is there from the start has a row only once the owner has changed it; what the row
    does not say (an empty query, no columns) is as the room declared it.
    """

    class Density(models.TextChoices):
        ROOMY = "roomy", "Roomy"
        COMPACT = "compact", "Compact"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    kind = models.CharField(max_length=40)
    builtin = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=60)
    icon = models.CharField(max_length=40, default="list")
    query: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )
    sort = models.CharField(max_length=60, blank=True)
    columns = ArrayField(models.CharField(max_length=60), default=list)
    density = models.CharField(max_length=7, choices=Density.choices, default=Density.ROOMY)
    position = models.PositiveIntegerField(default=0)
    pinned = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["kind", "position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("kind", Lower("name"), name="a_smart_list_has_its_own_name"),
            models.UniqueConstraint(
                fields=["kind", "builtin"],
                condition=~Q(builtin=""),
                name="a_list_from_the_start_is_changed_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_smart_list_is_named"),
            models.CheckConstraint(
                condition=Q(hidden=False) | ~Q(builtin=""),
                name="only_a_list_from_the_start_is_hidden",
            ),
            models.CheckConstraint(
                condition=Q(density__in=["roomy", "compact"]), name="density_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
