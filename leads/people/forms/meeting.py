"""A form that two tabs may have open: it knows what it was shown with.

What the tab did not touch is left alone; what both touched is shown beside what was typed, and
saving again means it. The page carries marks of the values, never the values themselves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

MARK = 16


class MeetingForm(forms.Form):
    def __init__(self, data: Any = None, *, now: dict[str, Any], **options: Any) -> None:
        """`now` is what is saved at present, by the names of the fields."""
        super().__init__(data, initial=options.pop("initial", now), **options)
        self.now = now
        self.overtaken: set[str] = set()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name in self.now if name in cleaned]:
            self._meet(name, cleaned[name])
        return cleaned

    def _meet(self, name: str, typed: Any) -> None:
        now = mark(self.now[name])
        seen = self.seen.get(name, now)
        if seen in (now, mark(typed)) or mark(typed) == now:
            return
        self.overtaken.add(name)
        shown = self.shown(name, self.now[name])
        self.add_error(name, f"Meanwhile set to {shown} elsewhere. Save again to use yours.")

    def changes(self) -> dict[str, Any]:
        """What this tab changed; the rest may have been changed by another."""
        return {
            name: self.cleaned_data[name]
            for name in self.now
            if name in self.cleaned_data
            and mark(self.cleaned_data[name]) != self.seen.get(name, mark(self.now[name]))
        }

    @property
    def seen(self) -> dict[str, str]:
        try:
            found = json.loads(self.data.get("seen", "") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def seen_now(self) -> str:
        """For the hidden field: what was seen before, and what an error has just shown."""
        marks = {name: mark(value) for name, value in self.now.items()}
        kept = {name: was for name, was in self.seen.items() if name not in self.overtaken}
        return json.dumps({**marks, **kept})

    def shown(self, name: str, value: Any) -> str:
        if value in (None, "", [], ()):
            return "nothing"
        choices = getattr(self.fields[name], "choices", None)
        if choices and not isinstance(value, models.Model | list | tuple):
            named = {str(key): str(label) for key, label in flat(choices)}
            value = named.get(str(value), value)
        if isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        return f"\N{LEFT DOUBLE QUOTATION MARK}{value}\N{RIGHT DOUBLE QUOTATION MARK}"


def flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def mark(value: Any) -> str:
    return hashlib.sha256(spelled(value).encode("utf-8", "surrogatepass")).hexdigest()[:MARK]


def spelled(value: Any) -> str:
    """The same for whatever means the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return "\n".join(sorted(map(spelled, value)))
    return str(value).replace("\r\n", "\n")
