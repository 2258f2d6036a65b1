"""What the owner types about a talk, judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from crm.vault.ids import uuid7
from leads.models import Interaction
from leads.timeline import outcomes

Kind = Interaction.Kind
LONGEST = 20_000
AT_ONCE = 10
MOMENT = "%Y-%m-%dT%H:%M"
TOO_LONG = f"That is longer than {LONGEST:,} signs. Put the rest in a second entry or in a file."
NOT_YET = "That is still to come. Log what happened, and plan what is to come as a follow-up."
# Clocks differ a little; what is typed to the minute may be the one just begun.
AHEAD = dt.timedelta(minutes=5)
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Moment(forms.DateTimeField):
    """A moment by the owner's clock, as the browser's own field writes it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        unknown = "There is no such date or time. Write it as 2026-06-17 16:30."
        errors = {"invalid": unknown}
        super().__init__(widget=widget, required=False, error_messages=errors, **options)

    def to_python(self, value: Any) -> dt.datetime | None:
        try:
            return super().to_python(value)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"]) from None


class Words(forms.CharField):
    """Text of any script; what can't be stored as text is left out, not refused."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\x00", "")

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, strip=True, **options)
        # Django's own check would speak of null characters.
        self.validators = [v for v in self.validators if isinstance(v, MaxLengthValidator)]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=ManyFiles(attrs={"multiple": True}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = [file for file in (data or []) if file]
        if len(files) > AT_ONCE:
            raise ValidationError(f"{AT_ONCE} files at most at once. Save these, then add more.")
        most = settings.ATTACHMENT_MAX_MB
        for file in files:
            if file.size > most * 1024 * 1024:
                raise ValidationError(f"A file may have {most} MB. “{file.name}” is larger.")
        empty = super().clean
        return [empty(file, initial) for file in files]


class TalkForm(forms.Form):
    """What an entry may say; its kind decides which of it is asked for."""

    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        choices=Interaction.Direction.choices, required=False, label="Who began"
    )
    outcome = forms.ChoiceField(
        choices=[("", "Not said"), *Interaction.Outcome.choices],
        required=False,
        label="How did it go?",
    )
    at = Moment(label="When")
    minutes = forms.IntegerField(
        required=False, min_value=0, max_value=1440, label="How long, minutes"
    )
    subject = Words(max_length=500)
    body = Words(
        max_length=LONGEST,
        label="Note",
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sentiment = forms.ChoiceField(
        choices=[("", "Not said"), *Interaction.Sentiment.choices], required=False, label="Mood"
    )
    feedback = forms.ChoiceField(
        choices=[("", "Not said"), *Interaction.Feedback.choices],
        required=False,
        label="How they liked it",
    )
    home = Words(
        max_length=200,
        widget=forms.TextInput(attrs={"list": "homes", "autocomplete": "off"}),
        help_text="Choose one, or type the name of a home that is not in your listings yet.",
    )

    ASKED: dict[str, tuple[str, ...]] = {
        Kind.NOTE: ("body", "home"),
        Kind.CALL: ("direction", "outcome", "minutes", "at", "sentiment", "body", "home"),
        Kind.TEXT: ("direction", "outcome", "at", "sentiment", "body", "home"),
        Kind.MESSENGER: ("direction", "outcome", "at", "sentiment", "body", "home"),
        Kind.EMAIL: ("direction", "outcome", "at", "sentiment", "subject", "body", "home"),
        Kind.MEETING: ("outcome", "minutes", "at", "sentiment", "subject", "body", "home"),
        Kind.SHOWING: ("home", "outcome", "feedback", "minutes", "at", "sentiment", "body"),
        Kind.VISIT: ("at", "minutes", "body"),
    }

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.talk = kind
        outcome = cast("forms.ChoiceField", self.fields["outcome"])
        given = [(choice.value, choice.label) for choice in outcomes.of(kind)]
        outcome.choices = [("", "Not said"), *given]
        asked = ("token", "kind", *self.ASKED[kind], *self.besides())
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        self.order_fields(asked)

    def besides(self) -> tuple[str, ...]:
        return ()

    def clean_at(self) -> dt.datetime | None:
        at = self.cleaned_data["at"]
        if at is not None and at > timezone.now() + AHEAD:
            raise ValidationError(NOT_YET)
        if at is not None and at < LONG_AGO:
            raise ValidationError("That is too long ago. Check the year.")
        return cast("dt.datetime | None", at)

    def values(self) -> dict[str, Any]:
        """For the service: what was asked for, but for the form's own fields."""
        own = ("token", "kind", "home", "attached", "next_title", "next_due")
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    @property
    def home_named(self) -> str:
        return str(self.cleaned_data.get("home") or "")

    @property
    def once(self) -> UUID | None:
        """The token by which the same form is known when it comes twice."""
        return cast("UUID | None", self.cleaned_data.get("token"))


class ComposeForm(TalkForm):
    """An entry with its files and what comes next."""

    attached = Files(label="Files")
    next_title = Words(max_length=300, label="Follow-up")
    next_due = Moment(label="Due")

    NOTHING = "Nothing to save yet. Write what happened, choose how it went, or add a file."

    def besides(self) -> tuple[str, ...]:
        return ("attached", "next_title", "next_due")

    @classmethod
    def fresh(cls, kind: str) -> ComposeForm:
        first = {"token": uuid7(), "kind": kind, "direction": Interaction.Direction.OUT}
        return cls(kind=kind, initial=first, prefix=None)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        told = ("body", "subject", "outcome", "feedback", "attached", "home", "minutes")
        if not self.errors and not any(said.get(name) for name in told):
            raise ValidationError(self.NOTHING)
        title, due = said.get("next_title"), said.get("next_due")
        if title and not due and "next_due" not in self.errors:
            self.add_error("next_due", "Say when it is due.")
        if due and not title and "next_title" not in self.errors:
            self.add_error("next_title", "Say what is to be done.")
        return said

    def clean_next_due(self) -> dt.datetime | None:
        return not_past(self.cleaned_data["next_due"])

    @property
    def files_given(self) -> Sequence[UploadedFile[Any]]:
        return cast("Sequence[UploadedFile[Any]]", self.cleaned_data.get("attached") or ())


class EntryForm(TalkForm):
    """An entry that is there already, set right."""

    # What the entry said when the form was opened: another window may have changed it since.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    attached = Files(label="More files")

    def besides(self) -> tuple[str, ...]:
        return ("seen", "attached")

    def values(self) -> dict[str, Any]:
        values = super().values()
        values.pop("seen", None)
        if "at" in values and values["at"] is None:
            del values["at"]
        return values


def not_past(moment: dt.datetime | None) -> dt.datetime | None:
    if moment is not None and moment < timezone.now() - AHEAD:
        raise ValidationError("That is past already. Pick a later time.")
    if moment is not None and moment.year > timezone.now().year + 50:
        raise ValidationError("That is too far off. Check the year.")
    return moment
