from __future__ import annotations

from django.db import models


class NameWord(models.Model):
    """A word of people's names, and how many bear it: differences, folded (sql/names.sql)."""

    id = models.BigAutoField(primary_key=True)
    word = models.TextField(editable=False)
    uses = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "leads_name_word"

    def __str__(self) -> str:
        return self.word
