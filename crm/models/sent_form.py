from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SentForm(models.Model):
    """A form that made something, for a day: sent again, it leads to what was made.

    `key` is a keyed hash of the form and of what was typed into it, `place` where it led, `undo`
    the way back.
    """

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    place = models.TextField(blank=True)
    undo = models.TextField(blank=True)

    class Meta:
        db_table = "crm_sent_form"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="sent_by_time")]

    def __str__(self) -> str:
        return f"{self.key[:8]} at {self.at}"
