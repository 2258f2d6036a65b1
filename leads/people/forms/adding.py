from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from crm.vault.ids import uuid7
from leads.models import Lead, Source
from leads.people import reaching, wanting
from leads.people.naming import tidy
from leads.people.services import TYPED
from leads.people.wanting import Wanted


class AddLeadForm(forms.Form):
    """Four fields, in the order in which one hears them on the phone."""

    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Type a name; one word is enough."},
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "placeholder": "Full name"}
        ),
    )
    reach = forms.CharField(
        label="Phone or e-mail",
        max_length=500,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "0917 555 0142, ana@example.com"}
        ),
    )
    source = forms.ModelChoiceField(
        Source.objects.all(), label="From", required=False, empty_label="Not known"
    )
    wants = forms.CharField(
        label="Looks for",
        max_length=1000,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "3 bedroom house in Lahug, 8–12M"}
        ),
    )
    kind = forms.ChoiceField(choices=Lead.Kind.choices, initial=Lead.Kind.BUYER)
    # The lead's id to be: a form that is sent twice adds one lead.
    once = forms.UUIDField(initial=uuid7, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, currency: str, kind: str = "") -> None:
        super().__init__(data, initial={"kind": kind} if kind in Lead.Kind.values else None)
        self.currency = currency

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise ValidationError("Type a name; one word is enough.")
        return name

    def clean_reach(self) -> tuple[list[str], list[str]]:
        return reaching.either(self.cleaned_data["reach"])

    @property
    def id(self) -> UUID:
        found: UUID = self.cleaned_data["once"]
        return found

    def fields_of_lead(self) -> dict[str, Any]:
        """For `services.add_lead`."""
        data = self.cleaned_data
        phones, emails = data["reach"]
        wanted = self.wanted()
        return {
            "id": data["once"],
            "name": data["name"],
            "kind": data["kind"],
            "source": data["source"],
            "phones": phones,
            "emails": emails,
            "currency": self.currency,
            "origin": TYPED,
            "about": data["wants"].strip(),
            **wanted.fields(),
        }

    def wanted(self) -> Wanted:
        return wanting.understood(self.cleaned_data.get("wants", ""))
