from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from crm.vault import normal
from crm.vault.blind import BlindIndex, WordIndex
from crm.vault.fields import EncryptedJSON, EncryptedText
from crm.vault.rows import SealedRow


class Person(SealedRow):
    """A subject: somebody whose data are kept, and who may be erased."""

    name = models.CharField(max_length=200)
    stage = models.CharField(max_length=20, default="new")
    private = EncryptedJSON(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class Note(SealedRow):
    """Something sealed that belongs to a person."""

    sealed_for = "person"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    happened_on = models.DateField(null=True, blank=True)
    body = EncryptedText(blank=True)
    words = WordIndex("body")
    data = EncryptedJSON(default=dict, blank=True)
    email = EncryptedText(blank=True, one_line=True, max_length=254)
    email_hash = BlindIndex("email", normal.email)
    email_domain_hash = BlindIndex("email", normal.email_domain)
    phone = EncryptedText(blank=True, one_line=True, max_length=60)
    phone_hash = BlindIndex("phone", normal.phone)
    phone_last_four = BlindIndex("phone", normal.last_four)
    phone_last_seven = BlindIndex("phone", normal.last_seven)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["words"], name="sample_note_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"note {self.id}"
