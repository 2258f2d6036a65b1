"""What the log is told, and another time for what comes next."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone

from leads.models import FollowUp, Interaction
from leads.timeline import outcomes
from leads.timeline.forms import LONGEST, TOO_LONG, Kind, Moment, Words, not_past


class LogForm(forms.Form):
    """The popover: one key for how it went, the rest is proposed."""

    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in outcomes.QUICK])
    direction = forms.ChoiceField(choices=Interaction.Direction.choices, required=False)
    outcome = forms.ChoiceField(choices=Interaction.Outcome.choices, required=False)
    next = forms.ChoiceField(
        choices=[
            ("", "Proposed"),
            ("T", "T"),
            ("D", "D"),
            ("W", "W"),
            ("P", "P"),
            ("none", "none"),
        ],
        required=False,
    )
    picked = Moment()
    note = Words(max_length=LONGEST, error_messages={"max_length": TOO_LONG})
    at = Moment()
    minutes = forms.IntegerField(required=False, min_value=0, max_value=1440)
    # Of a showing alone.
    home = Words(max_length=200)
    feedback = forms.ChoiceField(choices=Interaction.Feedback.choices, required=False)
    follow_up = forms.ModelChoiceField(FollowUp.objects.none(), required=False)
    # What could be ended, ticked or not.
    offered = forms.ModelChoiceField(FollowUp.objects.none(), required=False)

    def __init__(self, *args: Any, lead: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        theirs = FollowUp.objects.filter(lead=lead).select_related("listing")
        for name in ("follow_up", "offered"):
            field = cast("forms.ModelChoiceField[FollowUp]", self.fields[name])
            field.queryset = theirs

    def clean_at(self) -> dt.datetime | None:
        """By the clock of the device, which may be ahead."""
        at: dt.datetime | None = self.cleaned_data["at"]
        return at and min(at, timezone.now())

    def clean_picked(self) -> dt.datetime | None:
        return not_past(self.cleaned_data["picked"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        given = {choice.value for choice in outcomes.of(str(said.get("kind", "")))}
        if said.get("outcome") and said["outcome"] not in given:
            self.add_error("outcome", "Choose how it went.")
        if not said.get("outcome") and not said.get("note") and "outcome" not in self.errors:
            self.add_error("outcome", "Choose how it went, or write a note.")
        if said.get("next") == "P" and not said.get("picked") and "picked" not in self.errors:
            self.add_error("picked", "Pick a day and a time.")
        if said.get("kind") != Kind.SHOWING:
            said["home"] = said["feedback"] = ""
        return said


class AmendForm(forms.Form):
    """Another time for what comes next."""

    operation = forms.UUIDField()
    follow_up = forms.UUIDField(required=False)
    choice = forms.ChoiceField(choices=[(key, key) for key in "TDWP"])
    picked = Moment()

    def clean_picked(self) -> dt.datetime | None:
        return not_past(self.cleaned_data["picked"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("choice") == "P" and not said.get("picked") and "picked" not in self.errors:
            self.add_error("picked", "Pick a day and a time.")
        return said
