"""Models that only the tests have: guests, with what a list can be asked about them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from crm.audit import tracking
from crm.vault.ids import uuid7


class Source(models.Model):
    name = models.CharField(max_length=60)

    def __str__(self):
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=60)

    def __str__(self):
        return self.name


class Guest(models.Model):
    class Stage(models.TextChoices):
        NEW = "new", "New"
        SHOWING = "showing", "Showing"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_collation="C")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.NEW)
    score = models.SmallIntegerField(default=0)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    moving_on = models.DateField(null=True)
    touched_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(default=timezone.now)
    vip = models.BooleanField(null=True)
    source = models.ForeignKey(Source, on_delete=models.SET_NULL, null=True)
    tags = models.ManyToManyField(Tag, through="Tagging")

    class Meta:
        triggers = tracking.triggers(subject="id")
        indexes = [
            models.Index(fields=["-score", "id"], name="guest_by_score"),
            models.Index(fields=["name_key", "id"], name="guest_by_name"),
            models.Index(fields=["stage", "-score", "id"], name="guest_by_stage"),
            models.Index(fields=["touched_at"], name="guest_by_touch"),
        ]

    def __str__(self):
        return self.name


class Tagging(models.Model):
    guest = models.ForeignKey(Guest, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        triggers = tracking.triggers(subject="guest")
        constraints = [
            models.UniqueConstraint(fields=["tag", "guest"], name="guest_has_a_tag_once"),
        ]

    def __str__(self):
        return f"{self.tag_id} on {self.guest_id}"


class Field(models.Model):
    """A field that the owner made up."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)

    def __str__(self):
        return self.name


class Value(models.Model):
    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="values")
    field = models.ForeignKey(Field, on_delete=models.CASCADE)
    text = models.CharField(max_length=200, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guest", "field"], name="guest_has_a_value_once"),
        ]
        indexes = [
            models.Index(fields=["field", "number"], name="value_number"),
        ]

    def __str__(self):
        return f"{self.field_id} of {self.guest_id}"
