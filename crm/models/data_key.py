from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from crm.vault.ids import uuid7


class DataKey(models.Model):
    """The wrapped key of one subject. Whoever destroys the row destroys what it sealed."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    # Who it was made for; differs from its holder after a merge.
    born_id = models.UUIDField()
    wrapped = models.BinaryField()
    keyring_key = models.CharField(max_length=16)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "crm_data_key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["born_id"], name="a_subject_has_one_key_of_its_own"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_id"], name="data_key_by_holder"),
            models.Index(fields=["keyring_key"], name="data_key_by_keyring_key"),
        ]

    def __str__(self) -> str:
        return f"key {self.id}"
