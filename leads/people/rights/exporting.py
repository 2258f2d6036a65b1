"""Rows of any model as a person reads them: labels, words of choices, opened seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime

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
    words = dict(field.flatchoices or getattr(field, "base_field", field).flatchoices)
    if isinstance(value, list):
        return [str(words.get(each, each)) for each in value]
    if words:
        return str(words.get(value, value))
    return str(value) if isinstance(value, models.Model | UUID) else value


def shown(value: object) -> str:
    """For the page; the file keeps what a program reads."""
    if isinstance(value, dt.datetime):
        return date_format(localtime(value), "j F Y, G:i")
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
