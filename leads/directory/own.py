"""The owner's own fields, as columns and filters like built-in ones. Private ones stay sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Left

from crm.lists.declaration import Column, Filter, More, Option, Related, Rows, Sort, Stretch
from crm.models.folded import Folded
from leads.models import CustomField, CustomValue
from leads.models.custom_field import INDEXED
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
    sort = Sort(stretches=lambda: _stretches(field))
    return Column(f"field-{field.pk}", field.name, value, sort, number=number, drops=1,
                  default=False, prepare=with_values)  # fmt: skip


def _stretches(field: CustomField) -> list[Stretch]:
    """Choices in the owner's order, and after them what once was one; all else by its value."""
    folded = Left(Folded("own__text"), INDEXED)
    by = [folded if field.column == "text" else F(f"own__{field.column}"), F("own__lead_id")]
    chosen = [_chosen(field, name, by) for name in field.choices]
    return [*chosen, _others(field, by), _without(field)]


def _chosen(field: CustomField, name: str, by: Sequence[Any]) -> Stretch:
    """The index finds them by folded letters; names alike but in case are told apart then."""

    def rows(rows: Rows) -> Rows:
        folded = Left(Folded(Value(name)), INDEXED)
        alike: Rows = _with(rows, field).alias(folded=by[0])
        return alike.filter(folded=folded, own__text=name)

    return Stretch(f"is {name}", rows, by)


def _others(field: CustomField, by: Sequence[Any]) -> Stretch:
    def rows(rows: Rows) -> Rows:
        there: Rows = _with(rows, field).alias(value=F(f"own__{field.column}"))
        return there.filter(value__isnull=False).exclude(value__in=field.choices)

    return Stretch("other", rows, by)


def _without(field: CustomField) -> Stretch:
    value = CustomValue.objects.filter(field=field, lead=OuterRef("pk"))
    return Stretch("none", lambda rows: rows.filter(~Exists(value)), ["pk"], last=True)


def _with(rows: Rows, field: CustomField) -> Rows:
    own = FilteredRelation("custom_values", condition=Q(custom_values__field=field))
    joined: Rows = rows.alias(own=own)
    return joined


def with_values(rows: Rows) -> Rows:
    return rows.prefetch_related(Prefetch("custom_values", CustomValue.objects.all(), "own_values"))
