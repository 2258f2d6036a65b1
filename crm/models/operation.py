from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from crm.vault.ids import uuid7


class Operation(models.Model):
    """A piece of work that can be undone as one: a merge, an import, a bulk change."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    name = models.CharField(max_length=100)
    actor = models.TextField("who")
    at = models.DateTimeField(db_default=Now(), editable=False)
    # What the page says about it: counts and file kinds, never personal data.
    summary: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )

    class Meta:
        db_table = "crm_operation"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], name="operation_by_time")
        ]

    def __str__(self) -> str:
        return self.name
