"""Models that only the tests have: enough of people and their things to prove the trail on."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.audit import tracking
from crm.vault.ids import uuid7


class Street(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        triggers = tracking.triggers()

    def __str__(self):
        return self.name


class Person(models.Model):
    class Mood(models.TextChoices):
        KEEN = "keen", "Keen to buy"
        QUIET = "quiet", "Gone quiet"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("full name", max_length=200)
    mood = models.CharField(max_length=10, choices=Mood.choices, default=Mood.KEEN)
    budget = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    tags = ArrayField(models.TextField(), default=list)
    street = models.ForeignKey(Street, on_delete=models.PROTECT, null=True)
    secret = models.BinaryField(default=b"")
    words = ArrayField(models.IntegerField(), default=list)

    class Meta:
        triggers = tracking.triggers(subject="id", exclude=["words"])

    def __str__(self):
        return self.name


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    body = models.TextField()

    class Meta:
        triggers = tracking.triggers(subject="person")

    def __str__(self):
        return self.body


class Untracked(models.Model):
    """The same shape as a person, for measuring what the trail costs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    mood = models.CharField(max_length=10)
    budget = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    tags = ArrayField(models.TextField(), default=list)
    secret = models.BinaryField(default=b"")
    words = ArrayField(models.IntegerField(), default=list)

    def __str__(self):
        return self.name
