"""Values in the fields that the owner added; private ones are sealed with the lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from leads.models import CustomField, CustomValue, Lead

FIELDS = "fields"


@transaction.atomic
def set_custom(*, lead: Lead, values: Mapping[int, Any]) -> list[int]:
    """By the field's id; None or "" takes the value away. Answers which fields differed."""
    fields = {field.id: field for field in CustomField.objects.filter(id__in=values)}
    wanted = {fields[id]: _or_none(value) for id, value in values.items() if id in fields}
    private = {field: value for field, value in wanted.items() if field.private}
    plain = {field: value for field, value in wanted.items() if not field.private}
    return [*_set_private(lead, private), *_set_plain(lead, plain)]


def _or_none(value: Any) -> Any:
    return None if value == "" else value


def _set_plain(lead: Lead, wanted: Mapping[CustomField, Any]) -> list[int]:
    held = {row.field_id: row for row in CustomValue.objects.filter(lead=lead, field__in=wanted)}
    changed = []
    for field, value in wanted.items():
        row = held.get(field.id)
        if (row.value if row else None) == value:
            continue
        changed.append(field.id)
        if value is None:
            CustomValue.objects.filter(lead=lead, field=field).delete()
        else:
            cells = {"text": None, "number": None, "date": None, "yes_no": None}
            cells[field.column] = value
            CustomValue.objects.update_or_create(lead=lead, field=field, defaults=cells)
    return changed


def _set_private(lead: Lead, wanted: Mapping[CustomField, Any]) -> list[int]:
    if not wanted:
        return []
    now = Lead.objects.select_for_update().get(id=lead.id)
    held = dict(now.private.get(FIELDS, {}))
    changed = []
    for field, value in wanted.items():
        if held.get(str(field.id)) == as_kept(value):
            continue
        changed.append(field.id)
        held.pop(str(field.id), None)
        if value is not None:
            held[str(field.id)] = as_kept(value)
    if changed:
        now.private = {**now.private, FIELDS: held}
        now.save(update_fields=["private"])
        lead.private = now.private
    return changed


def as_kept(value: Any) -> Any:
    """As sealed JSON keeps it."""
    if isinstance(value, Decimal):
        return str(value.normalize()) if value else "0"
    return value.isoformat() if isinstance(value, dt.date) else value


def as_meant(field: CustomField, kept: Any) -> Any:
    if kept is None:
        return None
    if field.kind == CustomField.Kind.NUMBER:
        return Decimal(kept)
    return dt.date.fromisoformat(kept) if field.kind == CustomField.Kind.DATE else kept
