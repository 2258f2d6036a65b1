from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.audit import tracking
from crm.vault.ids import uuid7


def at_the_time_and_an_hour_before() -> list[int]:
    return [0, 60]


class FollowUpRules(models.Model):
    """How the owner wants to be reminded. One row, made with these values when first changed."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    reminders = ArrayField(
        models.PositiveIntegerField(), default=at_the_time_and_an_hour_before, blank=True
    )
    # Of what is due on a day; without one nothing is said.
    day_reminder: models.TimeField[dt.time | None, dt.time | None] = models.TimeField(
        null=True, blank=True, default=dt.time(9)
    )
    morning_mail = models.BooleanField(default=True)
    morning_at = models.TimeField(default=dt.time(7))
    evening_mail = models.BooleanField(default=False)
    evening_at = models.TimeField(default=dt.time(18))

    class Meta:
        db_table = "leads_follow_up_rules"
        triggers = tracking.triggers()
        verbose_name_plural = "follow-up rules"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(only=True), name="there_is_one_way_of_reminding"),
            models.CheckConstraint(
                condition=Q(morning_at__lt=models.F("evening_at")),
                name="the_morning_is_before_the_evening",
            ),
            # An hour before midnight is enough for the day's letter, whatever the clock does.
            models.CheckConstraint(
                condition=Q(evening_at__lte=dt.time(23)), name="the_evening_begins_by_23"
            ),
        ]

    def __str__(self) -> str:
        return "Follow-up rules"


class CalendarFeed(models.Model):
    """The secret address at which calendar programs read what is due. A new one ends the old."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    only = models.BooleanField(default=True, editable=False)
    digest = models.BinaryField(max_length=32)
    with_names = models.BooleanField("say names and titles", default=False)
    made_at = models.DateTimeField(default=timezone.now)
    read_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True
    )

    class Meta:
        db_table = "leads_calendar_feed"
        triggers = tracking.triggers(exclude=["digest", "read_at"])
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["only"], name="there_is_one_calendar_feed"),
            models.CheckConstraint(
                condition=Q(only=True), name="the_calendar_feed_is_the_only_one"
            ),
        ]

    def __str__(self) -> str:
        return "The calendar feed"
