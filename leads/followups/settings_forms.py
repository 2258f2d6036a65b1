from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import inlineformset_factory

from leads.followups.forms import REMINDERS
from leads.models import Cadence, FollowUpRules, FollowUpStep, FollowUpTemplate

TIME = {"type": "time"}


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    reminders = forms.TypedMultipleChoiceField(
        label="Before what is due at a time",
        choices=REMINDERS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = FollowUpRules
        fields = (
            "reminders", "day_reminder", "morning_mail", "morning_at", "evening_mail", "evening_at",
        )  # fmt: skip
        labels = {
            "day_reminder": "For a day without a time, remind at",
            "morning_mail": "E-mail me each morning what is ahead",
            "morning_at": "In the morning at",
            "evening_mail": "E-mail me each evening what was left",
            "evening_at": "In the evening at",
        }
        help_texts = {"day_reminder": "Leave it empty for no reminder."}
        widgets = {
            name: forms.TimeInput(TIME, format="%H:%M")
            for name in ("day_reminder", "morning_at", "evening_at")
        }

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        morning, evening = told.get("morning_at"), told.get("evening_at")
        if morning and evening and morning >= evening:
            raise ValidationError("The evening's e-mail comes after the morning's: choose later.")
        return told

    def clean_evening_at(self) -> dt.time:
        evening: dt.time = self.cleaned_data["evening_at"]
        if evening > dt.time(23):
            raise ValidationError("Choose 23:00 at the latest, so that it comes before midnight.")
        return evening


class SetForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FollowUpTemplate
        fields = ("name",)


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FollowUpStep
        fields = ("days_after", "at", "kind", "title")
        labels = {"days_after": "Days after", "at": "At", "kind": "What", "title": "What about"}
        widgets = {
            "at": forms.TimeInput(TIME, format="%H:%M"),
            "days_after": forms.NumberInput({"min": 0, "max": 730}),
        }

    def clean_days_after(self) -> int:
        days: int = self.cleaned_data["days_after"]
        if days > 730:
            raise ValidationError("Two years ahead is the most: 730 days.")
        return days


Steps = inlineformset_factory(
    FollowUpTemplate, FollowUpStep, form=StepForm, extra=2, can_delete=True, max_num=20
)


class CadenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Cadence
        fields = ("name", "audience", "tag", "occasion", "days", "active")
        labels = {"audience": "Whom", "occasion": "When", "days": "Every how many days"}
        help_texts = {"tag": "For people with a tag.", "days": "For every so many days."}

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("audience") == Cadence.Audience.TAGGED:
            if not told.get("tag"):
                self.add_error("tag", "Choose the tag.")
        else:
            told["tag"] = None
        if told.get("occasion") == Cadence.Occasion.EVERY:
            if "days" not in self.errors and not told.get("days"):
                self.add_error("days", "Say every how many days: 1 or more.")
        else:
            told["days"] = None
        return told
