"""The owner's own fields: what a lead has in them, and how they are typed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.formats import date_format

from leads.models import CustomField, CustomValue, Lead
from leads.people.services.custom import FIELDS, as_meant

NOT_KNOWN = ("", "Not known")
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Held:
    """One field with what a lead has in it."""

    field: CustomField
    value: Any

    @property
    def shown(self) -> str:
        if isinstance(self.value, bool):
            return "Yes" if self.value else "No"
        if isinstance(self.value, Decimal):
            return f"{self.value.normalize():,f}"
        if hasattr(self.value, "isoformat"):
            return date_format(self.value, "j F Y")
        return "" if self.value is None else str(self.value)


def gathered() -> ArraySubquery:
    """For a query of leads: the owner's fields in order, with what each lead has in them."""
    cells = JSONObject(
        text="text", number=Cast("number", TextField()), date="date", yes_no="yes_no"
    )
    of_lead = CustomValue.objects.filter(field=OuterRef("pk"), lead=OuterRef(OuterRef("pk")))
    columns = {name: name for name in ("id", "name", "kind", "choices", "private")}
    row = JSONObject(**columns, cells=Subquery(of_lead.values(cells=cells)))
    return ArraySubquery(CustomField.objects.filter(retired=False).values(row=row))


def held(lead: Any) -> list[Held]:
    """In the owner's order; a retired field is shown to nobody."""
    if not hasattr(lead, "custom_rows"):
        own = Lead.objects.filter(id=lead.id).annotate(custom_rows=gathered())
        lead.custom_rows = own.values_list("custom_rows", flat=True).get()
    rows = lead.custom_rows
    sealed = lead.private.get(FIELDS, {}) if any(row["private"] for row in rows) else {}
    return [_held(dict(row), sealed) for row in rows]


def _held(row: dict[str, Any], sealed: dict[str, Any]) -> Held:
    cells = row.pop("cells") or {}
    field = CustomField(**row)
    kept = next((cell for cell in cells.values() if cell is not None), None)
    return Held(field, as_meant(field, sealed.get(str(field.id)) if field.private else kept))


def form_field(field: CustomField, value: Any = None) -> forms.Field:
    """`value` is what is there now: a choice that was taken off the list may stay."""
    options: dict[str, Any] = {"label": field.name, "required": False}
    if field.private:
        options["help_text"] = "Private: sealed, and found in no list."
    return _MAKERS[field.kind](field, value, options)


def _text(_field: CustomField, _value: Any, options: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=LONGEST, **options)


def _number(_field: CustomField, _value: Any, options: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(max_digits=20, decimal_places=4, **options)


def _date(_field: CustomField, _value: Any, options: dict[str, Any]) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **options)


def _choice(field: CustomField, value: Any, options: dict[str, Any]) -> forms.Field:
    names = list(dict.fromkeys([*field.choices, *([value] if value else [])]))
    return forms.ChoiceField(choices=[NOT_KNOWN, *((name, name) for name in names)], **options)


def _yes_no(_field: CustomField, _value: Any, options: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[NOT_KNOWN, (True, "Yes"), (False, "No")],
        coerce=lambda text: text in (True, "True"),
        empty_value=None,
        **options,
    )


_MAKERS: dict[str, Callable[[CustomField, Any, dict[str, Any]], forms.Field]] = {
    CustomField.Kind.TEXT: _text,
    CustomField.Kind.NUMBER: _number,
    CustomField.Kind.DATE: _date,
    CustomField.Kind.CHOICE: _choice,
    CustomField.Kind.YES_NO: _yes_no,
}
