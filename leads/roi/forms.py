from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from crm.models import Preferences
from crm.owner.choices import currencies
from crm.vault.ids import uuid7
from leads.models import Deal, Lead
from leads.people.forms.fields import MoneyField
from leads.people.forms.meeting import MeetingForm
from leads.roi import rates
from properties.picking.fields import HomeField

NOTHING_PAID = "A deal is about money. Type the price."


def day_field(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class DealForm(MeetingForm):
    amount = MoneyField(label="Price", error_messages={"required": NOTHING_PAID})
    currency = forms.ChoiceField(choices=currencies)
    rate = rates.rate_field()
    commission_percent = forms.DecimalField(
        label="Your commission, %", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    commission = MoneyField(
        label="Your commission, sum", required=False, help_text="Empty: from price and share."
    )
    state = forms.ChoiceField(choices=Deal.State.choices)
    listing = HomeField()
    expected_on = day_field("Expected to close on")
    closed_on = day_field("Ended on")

    def __init__(
        self, data: Any = None, *, now: dict[str, Any], initial: dict[str, Any], home_currency: str
    ) -> None:
        super().__init__(data, now=now, initial=initial)
        listing: Any = self.fields["listing"]
        listing.there = now.get("listing")
        self.home = home_currency
        self.fields[
            "rate"
        ].help_text = f"Only in another currency: what 1 is worth in {home_currency}."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("currency") == self.home:
            data["rate"] = Decimal(1)
        elif data.get("currency") and not data.get("rate") and "rate" not in self.errors:
            self.add_error("rate", rates.asked(data["currency"], self.home))
        return data

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(NOTHING_PAID)
        return amount

    def clean_expected_on(self) -> dt.date | None:
        return sensible(self.cleaned_data["expected_on"])

    def clean_closed_on(self) -> dt.date | None:
        return sensible(self.cleaned_data["closed_on"])


class NewDealForm(DealForm):
    # The deal's id to be: a form that is sent twice notes one deal.
    once = forms.UUIDField(initial=uuid7, widget=forms.HiddenInput, required=False)


def sensible(day: dt.date | None) -> dt.date | None:
    if day and not 1990 <= day.year <= 2200:
        raise forms.ValidationError("Type a year between 1990 and 2200.")
    return day


def beginning(lead: Lead, preferences: Preferences | None, state: str) -> dict[str, Any]:
    """A new deal as it probably is."""
    return {
        "amount": lead.budget_max or lead.budget_min,
        "currency": lead.currency,
        "rate": rates.last_known(lead.currency),
        "commission_percent": preferences.commission_percent if preferences else None,
        "commission": None,
        "state": state,
        "listing": None,
        "expected_on": None,
        "closed_on": None,
    }


def present(deal: Deal) -> dict[str, Any]:
    return {name: getattr(deal, name) for name in DealForm.base_fields}


def shown(now: dict[str, Any], home: str) -> dict[str, Any]:
    """A rate is worth a word only in another currency."""
    return {**now, "rate": None if now["currency"] == home else rates.plain(now["rate"])}
