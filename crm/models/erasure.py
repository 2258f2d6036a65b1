from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from crm.vault.ids import uuid7


class Erasure(models.Model):
    """That somebody was erased: ids only, kept for ever, replayed after a restore."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    keys: ArrayField[list[UUID], list[UUID]] = ArrayField(models.UUIDField())
    erased_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "crm_erasure"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_id"], name="erasure_by_subject"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(
                name="erasures_are_for_ever", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
