"""Sealing rows that COPY will write: ids and keys first, then the columns, then the copy."""

from __future__ import annotations

from collections.abc import Mapping
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
        self._sealed = [field for field in fields if isinstance(field, EncryptedField)]
        self._blind = [
            (str(field.column), field.source, lru_cache(repeats)(field.made_from))
            for field in fields
            if isinstance(field, BlindField)
        ]

    def columns(self, row_id: UUID, key: OpenKey, values: Mapping[str, Any]) -> dict[str, Any]:
        """By column name, with the blind companions and the row's data key."""
        made: dict[str, Any] = {"data_key": key.id}
        for field in self._sealed:
            plain = field.encode(values.get(field.attname))
            place = field.place(row_id)
            made[str(field.column)] = seal(plain, place=place, key=key) if plain else None
        for column, source, made_from in self._blind:
            made[column] = made_from(values.get(source) or "")
        return made
