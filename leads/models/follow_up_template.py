from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm.audit import tracking
from leads.models.follow_up import FollowUp


class FollowUpTemplate(models.Model):
    """A set of follow-ups that belong together: for a new buyer, after a showing."""

    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "leads_follow_up_template"
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["order", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name"], name="a_template_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_template_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FollowUpStep(models.Model):
    """One follow-up of a template: so many days after it was begun."""

    template = models.ForeignKey(FollowUpTemplate, models.CASCADE, related_name="steps")
    days_after = models.PositiveSmallIntegerField(default=0)
    at: models.TimeField[dt.time | None, dt.time | None] = models.TimeField(null=True, blank=True)
    kind = models.CharField(max_length=7, choices=FollowUp.Kind.choices, default=FollowUp.Kind.CALL)
    title = models.CharField(max_length=300)
    priority = models.PositiveSmallIntegerField(
        choices=FollowUp.Priority.choices, default=FollowUp.Priority.NORMAL
    )
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "leads_follow_up_step"
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["days_after", "at", "id"]

    def __str__(self) -> str:
        return self.title
