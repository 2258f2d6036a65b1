from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.audit import kinds, words
from crm.models import Trail

EARLIEST, LATEST = 2000, 2200
EVERYTHING = [("", "Everything"), ("changes", "Changes"), ("events", "Security events")]


def kind_choices() -> list[tuple[str, str]]:
    return EVERYTHING + sorted(kinds.KINDS.items(), key=lambda kind: kind[1])


class ActivityFilter(forms.Form):
    kind = forms.ChoiceField(label="What", choices=kind_choices, required=False)
    actor = forms.ChoiceField(
        label="Who", choices=[("", "Anyone"), *words.WHO.items()], required=False
    )
    day = forms.DateField(
        label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise ValidationError(f"Choose a day between {EARLIEST} and {LATEST}.")
        return day

    def chosen(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {**_kind(told["kind"]), **_actor(told["actor"]), **_day(told["day"])}


def _kind(kind: str) -> dict[str, Any]:
    if kind == "changes":
        return {"op__in": Trail.CHANGES}
    if kind == "events":
        return {"op": Trail.Op.EVENT}
    return {"op": Trail.Op.EVENT, "kind": kind} if kind else {}


def _actor(actor: str) -> dict[str, Any]:
    # A token's and a database user's records carry a name after the colon.
    return {"actor__startswith": actor} if actor else {}


def _day(day: dt.date | None) -> dict[str, Any]:
    if day is None:
        return {}
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    return {"at__gte": start, "at__lt": end}
