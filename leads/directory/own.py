"""The owner's own fields, as columns and filters like built-in ones. Private ones stay sealed."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q

from crm.lists.declaration import Column, Filter, More, Option, Related, Rows
from leads.models import CustomField, CustomValue
from leads.people.custom_fields import Held

OWN = "Your own fields"
KINDS = {"text": "text", "number": "number", "date": "date", "choice": "choice", "yes_no": "yes_no"}


def own_fields() -> More:
    fields = list(CustomField.objects.filter(retired=False, private=False))
    return More([_filter(field) for field in fields], [_column(field) for field in fields])


def _filter(field: CustomField) -> Filter:
    options = [Option(choice, choice) for choice in field.choices]
    return Filter(
        f"field-{field.pk}", field.name, KINDS[field.kind], by=field.column, group=OWN,
        options=(lambda: options) if options else None,
        related=Related(CustomValue, "lead", Q(field=field)),
    )  # fmt: skip


def _column(field: CustomField) -> Column:
    def value(lead: Any) -> str:
        held = (each for each in lead.own_values if each.field_id == field.pk)
        return next((Held(field, each.value).shown for each in held), "")

    number = field.kind == CustomField.Kind.NUMBER
    return Column(f"field-{field.pk}", field.name, value, number=number, drops=1, default=False,
                  prepare=with_values)  # fmt: skip


def with_values(rows: Rows) -> Rows:
    return rows.prefetch_related(Prefetch("custom_values", CustomValue.objects.all(), "own_values"))
