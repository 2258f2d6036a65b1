from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now


class LiveMessage(models.Model):
    """What open pages were told in the last minutes, for those that were away for a moment."""

    name = models.CharField(max_length=80)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="live_message_by_age")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
