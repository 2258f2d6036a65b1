from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from crm.audit import tracking
from crm.models.owner import Owner


class Preferences(models.Model):
    """How the owner works: where, when, in which money, and towards what."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    owner = models.OneToOneField(Owner, models.CASCADE, primary_key=True, editable=False)
    zone = models.CharField("time zone", max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    phone_region = models.CharField("phone numbers of", max_length=2, default="US")
    working_hours_start = models.TimeField("working from", default=datetime.time(9))
    working_hours_end = models.TimeField("working until", default=datetime.time(18))
    commission_percent = models.DecimalField(
        "usual commission, %",
        max_digits=5,
        decimal_places=2,
        default=Decimal("3.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    goal_commission = models.DecimalField(
        "commission a month",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    goal_answered_percent = models.PositiveSmallIntegerField(
        "answered within 5 minutes, %", default=90, validators=[MaxValueValidator(100)]
    )
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    single_keys = models.BooleanField("single-key shortcuts", default=True)

    class Meta:
        triggers = tracking.triggers()
        verbose_name_plural = "preferences"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(working_hours_start__lt=models.F("working_hours_end")),
                name="working_hours_end_after_they_start",
            ),
            models.CheckConstraint(
                condition=models.Q(commission_percent__range=(0, 100)),
                name="commission_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(goal_answered_percent__lte=100),
                name="answered_goal_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(goal_commission__isnull=True) | models.Q(goal_commission__gte=0),
                name="commission_goal_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(theme__in=["system", "light", "dark"]), name="theme_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.owner}"

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
