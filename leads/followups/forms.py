from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.utils import timezone

from crm.models.folded import Folded
from leads.followups import clock, recurrence
from leads.models import FollowUp, Interaction, Lead
from properties.picking.fields import HomeField

YEARS_AHEAD = 20
OWN = "own"
REPEATS = [
    ("", "Never"),
    ("FREQ=DAILY", "Every day"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday"),
    ("FREQ=WEEKLY", "Every week"),
    ("FREQ=WEEKLY;INTERVAL=2", "Every 2 weeks"),
    ("FREQ=MONTHLY", "Every month"),
    ("FREQ=MONTHLY;INTERVAL=3", "Every 3 months"),
    ("FREQ=YEARLY", "Every year"),
    (OWN, "By a rule of your own"),
]
REMINDERS = [
    (0, "At the time"),
    (10, "10 minutes before"),
    (30, "30 minutes before"),
    (60, "1 hour before"),
    (120, "2 hours before"),
    (24 * 60, "A day before"),
    (7 * 24 * 60, "A week before"),
]


class FollowUpForm(forms.Form):
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What", choices=FollowUp.Kind.choices)
    title = forms.CharField(
        label="What about",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    who = forms.CharField(
        label="With whom",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "who-people", "autocomplete": "off"}),
    )
    day = forms.DateField(label="Day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label="Time",
        required=False,
        help_text="Empty for the whole day.",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(
        label="How long, minutes", required=False, min_value=1, max_value=1440
    )
    repeats = forms.ChoiceField(label="Repeats", choices=REPEATS, required=False)
    rule = forms.CharField(
        label="Rule",
        max_length=recurrence.LONGEST,
        required=False,
        help_text="As calendars write it: FREQ=MONTHLY;BYDAY=-1FR is each month's last Friday.",
    )
    reminders = forms.TypedMultipleChoiceField(
        label="Remind me",
        choices=REMINDERS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    priority = forms.TypedChoiceField(choices=FollowUp.Priority.choices, coerce=int)
    listing = HomeField()
    notes = forms.CharField(required=False, max_length=4000, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, *args: Any, lead: Lead | None = None, follow_up: FollowUp | None = None, **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.lead, self.follow_up = lead, follow_up
        home = cast("HomeField", self.fields["listing"])
        home.there = follow_up.listing if follow_up else None
        if lead is not None and follow_up is None:
            del self.fields["who"]

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        today, year = timezone.localdate(), dt.timedelta(days=366)
        if not today - year <= day <= today + year * YEARS_AHEAD:
            raise ValidationError(f"Choose a day from the last year to {YEARS_AHEAD} years ahead.")
        return day

    def clean_who(self) -> str:
        name: str = self.cleaned_data["who"]
        if name and (self.lead is None or self.lead.name != name):
            self.lead = found_person(name)
        elif not name:
            self.lead = None
        return name

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        wanted = told.get("repeats", "")
        field = "rule" if wanted == OWN else "repeats"
        rule = told.get("rule", "") if wanted == OWN else wanted
        if wanted == OWN and not rule:
            self.add_error("rule", "Write the rule, or choose another way of repeating.")
        elif rule and "day" in told:
            begins = dt.datetime.combine(told["day"], told.get("time") or dt.time(0))
            try:
                told["rule"] = recurrence.cleaned(rule, begins=begins)
            except recurrence.BadRule as bad:
                self.add_error(field, str(bad))
        elif not rule:
            told["rule"] = ""
        self._judge_seen()
        return told

    def _judge_seen(self) -> None:
        """Another tab was here first: it is said once, and what was typed stays."""
        if self.follow_up is None or not self.is_bound:
            return
        now = mark_of(self.follow_up)
        if self.data.get(self.add_prefix("seen")) != now:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[self.add_prefix("seen")] = now  # type: ignore[index]
            there = f"{self.follow_up.title}, {timezone.localtime(self.follow_up.due):%-d %B %H:%M}"
            self.add_error(
                None,
                f"It was changed elsewhere meanwhile and now says: {there}. What you typed is "
                "still here. Save again to keep it.",
            )

    @property
    def has_more(self) -> bool:
        """Whether what stands further down was used, or was used wrongly."""
        below = ("repeats", "rule", "notes", "listing", "reminders", "priority")
        used = any(self[name].value() for name in ("repeats", "rule", "notes", "listing"))
        return used or any(name in self.errors for name in below if self.is_bound)

    @property
    def moment(self) -> dict[str, Any]:
        told, zone = self.cleaned_data, clock.zone()
        if told["time"] is None:
            return {"due_on": told["day"]}
        return {"due": clock.at(told["day"], told["time"], zone)}

    @property
    def chosen_reminders(self) -> list[int] | None:
        """Of a whole day the owner's usual one."""
        return None if self.cleaned_data["time"] is None else list(self.cleaned_data["reminders"])

    @property
    def values(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "kind": told["kind"],
            "title": told["title"],
            "minutes": told["minutes"],
            "priority": told["priority"],
            "notes": told["notes"],
            "listing": told["listing"],
        }


def found_person(name: str) -> Lead:
    called = Lead.objects.present().filter(folded_name=Folded(Value(name)))
    people: list[Lead] = list(called.order_by("id")[:2])
    if not people:
        raise ValidationError(f"Nobody is called {name[:60]}. Choose a name from the list.")
    if len(people) > 1:
        raise ValidationError(f"Several people are called {name[:60]}. Plan it on their page.")
    return people[0]


def mark_of(follow_up: FollowUp) -> str:
    """What a tab saw, in a few letters."""
    seen = [follow_up.sequence, follow_up.lead_id, follow_up.kind, follow_up.title, follow_up.notes,
            follow_up.due, follow_up.minutes, follow_up.priority, follow_up.listing_id,
            follow_up.rule, follow_up.reminders]  # fmt: skip
    return hashlib.sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def initial_of(follow_up: FollowUp) -> dict[str, Any]:
    local = timezone.localtime(follow_up.due)
    plain = {value for value, _ in REPEATS}
    return {
        "seen": mark_of(follow_up),
        "kind": follow_up.kind,
        "title": follow_up.title,
        "who": follow_up.lead.name if follow_up.lead else "",
        "day": follow_up.due_on or local.date(),
        "time": None if follow_up.all_day else local.time(),
        "minutes": follow_up.minutes,
        "repeats": follow_up.rule if follow_up.rule in plain else OWN,
        "rule": "" if follow_up.rule in plain else follow_up.rule,
        "reminders": follow_up.reminders,
        "priority": follow_up.priority,
        "listing": follow_up.listing,
        "notes": follow_up.notes,
    }


class WhenForm(forms.Form):
    """Where something was dragged to: a day, with a time or for the whole of it."""

    day = forms.DateField()
    time = forms.TimeField(required=False)

    clean_day = FollowUpForm.clean_day

    @property
    def moment(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told["time"] is None:
            return {"due_on": told["day"]}
        return {"due": clock.at(told["day"], told["time"], clock.zone())}


class DoneForm(forms.Form):
    outcome = forms.ChoiceField(
        label="How did it go?",
        choices=[("", "Not said"), *Interaction.Outcome.choices],
        required=False,
    )
    actual_minutes = forms.IntegerField(
        label="How long it took, minutes",
        required=False,
        min_value=0,
        max_value=1440,
        widget=forms.NumberInput({"autofocus": True}),
    )

    def __init__(self, data: Any = None, *, follow_up: FollowUp) -> None:
        super().__init__(data, initial={"actual_minutes": follow_up.minutes})
        # What was no talk has no outcome.
        if not follow_up.is_talk:
            del self.fields["outcome"]


class SetForm(forms.Form):
    lead = forms.UUIDField()
    template = forms.IntegerField()

    def person(self) -> UUID:
        found: UUID = self.cleaned_data["lead"]
        return found
