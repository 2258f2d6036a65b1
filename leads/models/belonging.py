"""What a lead is given by name: areas and tags."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from crm.audit import tracking
from crm.vault.ids import uuid7
from leads.models.lead import Lead
from leads.models.naming import Tag
from properties.models import Area


class LeadArea(models.Model):
    """Where a lead would live."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE)
    area = models.ForeignKey(Area, models.CASCADE)

    class Meta:
        verbose_name = "area of a lead"
        verbose_name_plural = "areas of leads"
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area", "lead"], name="a_lead_names_an_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.area_id}"


class LeadTag(models.Model):
    """A tag that a lead bears."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        verbose_name = "tag of a lead"
        verbose_name_plural = "tags of leads"
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tag", "lead"], name="a_lead_bears_a_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.tag_id}"
