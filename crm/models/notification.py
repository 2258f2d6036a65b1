from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from crm.vault.data_keys import Subject
from crm.vault.errors import Erased
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow

# Notices that are about nobody share the key of the house itself.
HOUSE = UUID("00000000-0000-7000-8000-00000000c0de")
ERASED = "About someone who was erased"


class NotificationQuerySet(SealedQuerySet):
    def shown(self) -> NotificationQuerySet:
        return self.filter(shown_at__isnull=False)

    def unread(self) -> NotificationQuerySet:
        return self.shown().filter(read_at__isnull=True)


class Notification(SealedRow):
    """Something the owner should know, once, from a moment on.

    Sealed with the key of whom it is about, so that erasing them erases what was said of them.
    """

    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=200, help_text="The thing and its occurrence.")
    title = EncryptedText(max_length=200, one_line=True)
    body = EncryptedText(max_length=4000)
    url = models.CharField(max_length=300, blank=True)
    about: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)
    shown_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    read_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[Notification]] = models.Manager.from_queryset(
        NotificationQuerySet
    )()

    class Meta:
        ordering: ClassVar[list[str]] = ["-shown_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="a_thing_is_told_once_an_occurrence")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-shown_at", "-id"],
                name="notification_shown",
                condition=models.Q(shown_at__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="notification_unread",
                condition=models.Q(shown_at__isnull=False, read_at__isnull=True),
            ),
            models.Index(fields=["about"], name="notification_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def vault_subject(self) -> Subject:
        return Subject(self._meta.label_lower, self.about or HOUSE)

    @property
    def words(self) -> tuple[str, str]:
        """Title and body, where they can still be read."""
        try:
            return self.title, self.body
        except Erased:
            return ERASED, ""
