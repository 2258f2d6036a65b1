"""Companion columns by which a sealed value is found: keyed hashes, which tell nothing alone."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.core import checks
from django.db import models

from crm.vault import keyring
from crm.vault.fields import EncryptedField, Sealed
from crm.vault.words import hashes

if TYPE_CHECKING:
    from crm.vault.rows import SealedRow

    Field = models.Field[Any, Any]
    Integers = ArrayField[list[int], list[int]]
else:
    Field = models.Field
    Integers = ArrayField

LENGTH = 16


def keyed_hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:LENGTH]


class BlindField(Field):
    """Filled from its source whenever that is written; nobody sets it by hand."""

    source: str

    def made_from(self, value: Any) -> Any:
        raise NotImplementedError

    def key(self) -> bytes:
        return keyring.ring().index_key(self.model._meta.db_table, str(self.column))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        held = model_instance.__dict__.get(self.source)
        unchanged = isinstance(held, Sealed) or self.source not in model_instance.__dict__
        if add or not unchanged:
            self.make_stored(model_instance)
        return getattr(model_instance, self.attname)

    def make_stored(self, instance: SealedRow) -> None:
        setattr(instance, self.attname, self.made_from(getattr(instance, self.source)))

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        found = super().check(**options)
        if not isinstance(self.model._meta.get_field(self.source), EncryptedField):
            found.append(checks.Error("Its source is not sealed.", obj=self, id="vault.E004"))
        return found


class BlindIndex(BlindField):
    """Finds by equality: `filter(email_hash="Ana@example.com")` hashes what it is given."""

    description = "Blind index"

    def __init__(
        self, source: str, normalised: Callable[[str], str | None], **options: Any
    ) -> None:
        self.source = source
        self.normalised = normalised
        super().__init__(**{"null": True, "editable": False, "db_index": True, **options})

    def deconstruct(self) -> Any:
        name, path, _args, options = super().deconstruct()
        for own in ("null", "editable", "db_index"):
            options.pop(own, None)
        return name, path, [self.source, self.normalised], options

    def get_internal_type(self) -> str:
        return "BinaryField"

    def made_from(self, value: str) -> bytes | None:
        text = self.normalised(value) if value else None
        return keyed_hash(self.key(), text) if text else None

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def get_prep_value(self, value: Any) -> Any:
        """A text that is no e-mail or phone finds nothing, rather than those who have none."""
        return (self.made_from(value) or b"") if isinstance(value, str) else value


class WordIndex(BlindField, Integers):
    """Finds notes by words and word beginnings, through crm.vault.search."""

    description = "Blind word index"

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        options.pop("base_field", None)
        Integers.__init__(
            self, models.IntegerField(), **{"editable": False, "default": list, **options}
        )

    def deconstruct(self) -> Any:
        name, path, _args, options = super().deconstruct()
        for own in ("base_field", "size", "editable", "default"):
            options.pop(own, None)
        return name, path, [self.source], options

    def made_from(self, value: str) -> list[int]:
        return hashes(self.key(), value)
