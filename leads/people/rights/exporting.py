"""Rows of any model as a person reads them: labels, words of choices, opened seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from crm.keep.registry import Row
from crm.vault.blind import BlindField
from crm.vault.errors import Erased
from crm.vault.fields import EncryptedField

NEVER = frozenset({"data_key", "folded_name", "score_reasons"})


def rows(found: Iterable[models.Model], *, but: Iterable[str] = ()) -> list[Row]:
    skipped = NEVER | set(but)
    return [_row(each, skipped) for each in found]


def _row(row: models.Model, skipped: frozenset[str] | set[str]) -> Row:
    told: Row = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in skipped or isinstance(field, BlindField):
            continue
        value = _value(row, field)
        if value not in (None, "", [], {}):
            told[str(field.verbose_name).capitalize()] = value
    return told


def _value(row: models.Model, field: models.Field[Any, Any]) -> object:
    try:
        value = getattr(row, field.name)
    except Erased:
        return None
    if isinstance(field, EncryptedField):
        return value
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, bool | int | list) or value is None else str(value)
