from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.models.notification import HOUSE
from crm.vault.data_keys import Subject
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow


class PushKey(SealedRow):
    """The pair by which push services know this house. Every subscription is bound to it."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    public = models.CharField(max_length=87)
    private = EncryptedText(max_length=60)
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[PushKey]] = models.Manager.from_queryset(SealedQuerySet)()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(only=True), name="there_is_one_push_key"),
        ]

    def __str__(self) -> str:
        return "Push key"

    def vault_subject(self) -> Subject:
        return Subject(self._meta.label_lower, HOUSE)
