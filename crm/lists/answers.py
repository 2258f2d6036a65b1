"""What was chosen for a bulk action: read once, and held while it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict

from crm.lists.declaration import BulkAction
from crm.lists.picked import TYPED, PickedField

# What the page sends beside the action's own form.
OURS = {"csrfmiddlewaretoken", "id", "scope", "list", "q", "sort", "home"}


class Gone(Exception):
    """What was chosen is no longer there."""


def held(form: forms.Form | None) -> Mapping[str, Any]:
    """The answers of a valid form. Until the transaction ends nobody deletes what they name."""
    answers = form.cleaned_data if form else {}
    chosen: dict[type[Model], set[Any]] = {}
    for row in _rows(answers):
        chosen.setdefault(type(row), set()).add(row.pk)
    for model, keys in chosen.items():
        rows = model._default_manager.filter(pk__in=keys).order_by("pk")
        if len(rows.select_for_update(of=("self",), no_key=True)) < len(keys):
            raise Gone
    return answers


def _rows(answers: Mapping[str, Any]) -> Iterator[Model]:
    for value in answers.values():
        for each in value if isinstance(value, (list, QuerySet)) else [value]:
            if isinstance(each, Model) and each.pk is not None:
                yield each


def kept(form: forms.Form | None) -> dict[str, list[str]]:
    """For all batches alike: words that were typed are kept as what they mean now."""
    if form is None:
        return {}
    assert isinstance(form.data, QueryDict)  # noqa: S101  (it was sent)
    told = {name: values for name, values in form.data.lists() if name not in OURS}
    for name, field in form.fields.items():
        if isinstance(field, PickedField):
            told.pop(TYPED + field.filter, None)
            told[name] = field.said(form.cleaned_data[name])
    return told


def again(action: BulkAction, told: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """Of a batch, by what was kept."""
    if action.form is None:
        return {}
    data = QueryDict(mutable=True)
    for name, values in told.items():
        data.setlist(name, values)
    form = action.form(data)
    if not form.is_valid():
        raise Gone
    return held(form)
