from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.models.notification import HOUSE
from crm.vault.blind import BlindIndex
from crm.vault.data_keys import Subject
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow


def as_it_is(address: str) -> str:
    return address


class PushSubscription(SealedRow):
    """A browser of the owner's that may be told, at the address that its push service gave."""

    label = models.CharField(max_length=80)
    endpoint = EncryptedText(max_length=2000, one_line=True)
    endpoint_hash = BlindIndex("endpoint", as_it_is, unique=True)
    public = EncryptedText(max_length=100, one_line=True)
    secret = EncryptedText(max_length=40, one_line=True)
    made_at = models.DateTimeField(default=timezone.now)
    last_ok_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    failures = models.PositiveIntegerField(default=0, help_text="In a row, since it last worked.")
    last_error = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[PushSubscription]] = models.Manager.from_queryset(
        SealedQuerySet
    )()

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    endpoint__isnull=False,
                    endpoint_hash__isnull=False,
                    public__isnull=False,
                    secret__isnull=False,
                ),
                name="a_device_can_be_told",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, last_error="") | (Q(failures__gt=0) & ~Q(last_error="")),
                name="a_device_that_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def vault_subject(self) -> Subject:
        return Subject(self._meta.label_lower, HOUSE)
