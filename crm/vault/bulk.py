"""Sealing rows that COPY will write: ids and keys first, then the columns, then the copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from crm.vault.blind import BlindField
from crm.vault.fields import EncryptedField
from crm.vault.rows import SealedRow
from crm.vault.sealing import OpenKey, seal


class Sealer:
    """Makes the sealed columns of one model.

    `keys = data_keys.make_many(subjects)` for new subjects, or `provide` where some may have one;
    then `sealer.columns(row_id, keys[subject_id], {"body": "..."})` for each row.
    """

    def __init__(self, model: type[SealedRow], *, repeats: int = 0) -> None:
        """Where the same texts come again, the companions of so many of them are remembered."""
        fields = model._meta.concrete_fields
        self._sealed = {
            field.attname: field for field in fields if isinstance(field, EncryptedField)
        }
        self._blind: dict[str, list[tuple[str, Callable[[Any], Any]]]] = {}
        # Most columns of most rows: an e-mail has no phone.
        self._nothing: dict[str, Any] = {str(field.column): None for field in self._sealed.values()}
        for field in fields:
            if isinstance(field, BlindField):
                made_from = lru_cache(repeats)(field.made_from)
                self._blind.setdefault(field.source, []).append((str(field.column), made_from))
                self._nothing[str(field.column)] = field.made_from("")

    def columns(self, row_id: UUID, key: OpenKey, values: Mapping[str, Any]) -> dict[str, Any]:
        """By column name, with the blind companions and the row's data key."""
        made: dict[str, Any] = {"data_key": key.id, **self._nothing}
        for name in values.keys() & self._sealed.keys():
            field, value = self._sealed[name], values[name]
            plain = field.encode(value)
            if plain:
                made[str(field.column)] = seal(plain, place=field.place(row_id), key=key)
            for column, made_from in self._blind.get(name, ()):
                made[column] = made_from(value or "")
        return made
