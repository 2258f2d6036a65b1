from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from crm.vault.ids import uuid7

UNDO, AGAIN = "Undo ", "Do again: "
LONGEST = 100


class Operation(models.Model):
    """A piece of work that can be undone as one: a merge, an import, a bulk change."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    name = models.CharField(max_length=LONGEST)
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

    @property
    def is_undo(self) -> bool:
        """Taking one back does the work again; taking that back is an undo as any other."""
        return self.undoes_id is not None and self.name.startswith(UNDO)

    @property
    def work(self) -> str:
        """What it is about, whether that is done, undone or done again."""
        return self.name.removeprefix(UNDO).removeprefix(AGAIN) if self.undoes_id else self.name

    @property
    def name_of_undo(self) -> str:
        return f"{AGAIN if self.is_undo else UNDO}{self.work}"[:LONGEST]
