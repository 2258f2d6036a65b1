"""Contact points and consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from leads.models import Consent, ContactPoint
from leads.people import masking, reaching
from leads.people.forms.meeting import MeetingForm
from leads.people.naming import tidy

NOWHERE = "Type what they gave you."
LABELS = ("Mobile", "Home", "Work", "Personal", "Assistant")


def checked(kind: str, value: str) -> str:
    """In the one spelling of its kind."""
    if kind == ContactPoint.Kind.PHONE:
        return reaching.phone(value)
    if kind == ContactPoint.Kind.EMAIL:
        return reaching.email(value)
    if kind == ContactPoint.Kind.MESSENGER:
        return tidy(value)[:120]
    return "\n".join(filter(None, map(tidy, value.splitlines())))


class PointForm(forms.Form):
    kind = forms.ChoiceField(choices=ContactPoint.Kind.choices)
    value = forms.CharField(
        label="Number, address or name",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True, "autocomplete": "off"}),
        error_messages={"required": NOWHERE},
    )
    label = forms.CharField(
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Mobile, work", "list": "labels"}),
    )
    network = forms.ChoiceField(
        choices=[("", "None"), *ContactPoint.Network.choices],
        required=False,
        help_text="Of a messenger, or which a phone can be reached by.",
    )
    is_primary = forms.BooleanField(label="Use this one first", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind", ""), cleaned.get("value", "")
        if value and kind:
            try:
                cleaned["value"] = checked(kind, value)
            except ValidationError as error:
                self.add_error("value", error)
        if kind in (ContactPoint.Kind.EMAIL, ContactPoint.Kind.ADDRESS):
            cleaned["network"] = ""
        return cleaned

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"].strip()
        if not tidy(value):
            raise ValidationError(NOWHERE)
        return value


class ChangePointForm(MeetingForm, PointForm):
    """The value stays as it is where nothing is typed: nobody need see it to change its label."""

    bounced = forms.BooleanField(
        label="Does not work", required=False, help_text="Bounced, or a wrong number."
    )
    field_order = ["value", "label", "network", "is_primary", "bounced"]

    def __init__(self, data: Any = None, *, point: ContactPoint) -> None:
        self.point = point
        present = {
            "label": point.label,
            "network": point.network,
            "is_primary": point.is_primary,
            "bounced": point.bounced_at is not None,
        }
        super().__init__(data, now=present)
        del self.fields["kind"]
        value = self.fields["value"]
        value.required = False
        value.help_text = f"Empty keeps {masking.masked(point.kind, point.value)}."

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"].strip()
        return checked(self.point.kind, value) if value else ""

    def clean(self) -> dict[str, Any]:
        if self.point.kind in (ContactPoint.Kind.EMAIL, ContactPoint.Kind.ADDRESS):
            self.cleaned_data["network"] = ""
        return super().clean()

    def values(self) -> dict[str, Any]:
        data, changed = self.cleaned_data, self.changes()
        found: dict[str, Any] = {
            name: changed[name] for name in ("label", "network") if name in changed
        }
        if "bounced" in changed:
            found["bounced_at"] = timezone.now() if data["bounced"] else None
        if data["value"]:
            found["value"] = data["value"]
        # There is always a first one: it stops being it when another becomes it.
        return found | ({"is_primary": True} if changed.get("is_primary") else {})


class ConsentForm(MeetingForm):
    state = forms.ChoiceField(
        label="They said",
        choices=[(Consent.State.GIVEN, "Yes"), (Consent.State.REFUSED, "No"), ("", "Not asked")],
        widget=forms.RadioSelect,
        required=False,
    )
    how = forms.CharField(
        label="How",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "On the phone, by the web form"}),
    )
