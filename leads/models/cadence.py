from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm.audit import tracking
from leads.models.naming import Tag


class Cadence(models.Model):
    """A rule of keeping in touch that fills Today by itself."""

    class Audience(models.TextChoices):
        PAST_CLIENTS = "past_clients", "Past clients"
        NURTURE = "nurture", "People in nurture"
        TAGGED = "tagged", "People with a tag"

    class Occasion(models.TextChoices):
        EVERY = "every", "Every so many days"
        BIRTHDAY = "birthday", "Birthday"
        ANNIVERSARY = "anniversary", "Home anniversary"

    name = models.CharField(max_length=80)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    tag = models.ForeignKey(Tag, models.CASCADE, null=True, blank=True)
    occasion = models.CharField(max_length=11, choices=Occasion.choices)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name"], name="a_cadence_is_named_once"),
            models.CheckConstraint(
                condition=Q(occasion="every", days__gte=1)
                | (~Q(occasion="every") & Q(days__isnull=True)),
                name="a_cadence_by_days_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(audience="tagged", tag__isnull=False)
                | (~Q(audience="tagged") & Q(tag__isnull=True)),
                name="a_cadence_by_tag_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name
