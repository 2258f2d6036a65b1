from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Lower

from crm.audit import tracking
from crm.models.folded import Folded
from crm.vault.ids import uuid7
from leads.models.lead import Lead

INDEXED = 200


class CustomField(models.Model):
    """A field that the owner added to leads."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        CHOICE = "choice", "Choice"
        YES_NO = "yes_no", "Yes or no"

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    choices = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # Its values are sealed in Lead.private, and can be neither searched nor sorted.
    private = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["order", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="a_custom_field_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_custom_field_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind="choice", choices__len__gt=0)
                | (~Q(kind="choice") & Q(choices=[])),
                name="only_a_choice_has_choices",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """Where its values stand in CustomValue."""
        return "text" if self.kind == self.Kind.CHOICE else str(self.kind)


class CustomValue(models.Model):
    """What one lead has in one custom field, in the column of the field's kind."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="custom_values")
    field = models.ForeignKey(CustomField, models.CASCADE, related_name="values")
    text: models.CharField[str | None, str | None] = models.CharField(  # noqa: DJ001
        max_length=500, null=True, blank=True
    )
    number: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True
    )
    date: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True, blank=True)
    yes_no: models.BooleanField[bool | None, bool | None] = models.BooleanField(
        null=True, blank=True
    )

    class Meta:
        verbose_name = "value of an own field"
        verbose_name_plural = "values of own fields"
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["lead", "field"], name="a_lead_has_one_value_in_a_custom_field"
            ),
            models.CheckConstraint(
                condition=Q(text__isnull=False, number__isnull=True, date__isnull=True,
                            yes_no__isnull=True)
                | Q(text__isnull=True, number__isnull=False, date__isnull=True,
                    yes_no__isnull=True)
                | Q(text__isnull=True, number__isnull=True, date__isnull=False,
                    yes_no__isnull=True)
                | Q(text__isnull=True, number__isnull=True, date__isnull=True,
                    yes_no__isnull=False),
                name="a_custom_value_is_of_one_type",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "field", Left(Folded("text"), INDEXED), "lead",
                name="custom_value_by_words", condition=Q(text__isnull=False),
            ),
            models.Index(
                fields=["field", "number", "lead"],
                name="custom_value_by_number", condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "date", "lead"],
                name="custom_value_by_date", condition=Q(date__isnull=False),
            ),
            models.Index(
                fields=["field", "yes_no", "lead"],
                name="custom_value_by_yes_no", condition=Q(yes_no__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.field_id}: {self.value}"

    @property
    def value(self) -> Any:
        found = (self.text, self.number, self.date, self.yes_no)
        return next((each for each in found if each is not None), None)
