"""What a person would ask when somebody is lost, reserves or closes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from leads.models import Deal, Lead, Stage
from leads.pipeline.services import Agreed
from leads.roi import rates

LARGEST = Decimal("999999999999.99")


class LostForm(forms.Form):
    reason = forms.ChoiceField(
        label="What happened", choices=Lead.LostReason.choices, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label="Anything to remember", required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class DealForm(forms.Form):
    amount = forms.DecimalField(
        label="Price", min_value=Decimal("0.01"), max_value=LARGEST, max_digits=14, decimal_places=2
    )
    commission_percent = forms.DecimalField(
        label="Your commission, %", min_value=Decimal(0), max_value=Decimal(100),
        max_digits=5, decimal_places=2,
    )  # fmt: skip
    rate = rates.rate_field()
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, stage: Stage, currency: str, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if currency == home:
            del self.fields["rate"]
        else:
            self.fields["rate"].label = f"1 {currency} in {home}"
            self.fields["rate"].required = True
            self.fields["rate"].error_messages["required"] = rates.asked(currency, home)
        closed = stage.kind == Stage.Kind.CLOSED
        self.fields["day"].label = "Closed on" if closed else "Expected to close on"
        self.fields["day"].required = closed
        self.fields["amount"].label = f"Price, {currency}"
        self.closed = closed

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        if self.closed and day is not None and day > timezone.localdate():
            raise forms.ValidationError("A deal that closed has a day that has come.")
        return day

    def agreed(self) -> Agreed:
        data = self.cleaned_data
        return Agreed(data["amount"], data["commission_percent"], data["day"], data.get("rate"))


def beginning(lead: Lead, stage: Stage, deal: Deal | None, percent: Decimal) -> dict[str, object]:
    """What is known already: from the open deal, else from the budget and what is usual."""
    closed = stage.kind == Stage.Kind.CLOSED
    kept = deal is not None and deal.rate != 1
    return {
        "rate": rates.plain(deal.rate) if kept and deal else rates.last_known(lead.currency),
        "amount": deal.amount if deal else lead.budget_max or lead.budget_min,
        "commission_percent": deal.commission_percent if deal else percent,
        "day": timezone.localdate() if closed else (deal.expected_on if deal else None),
    }
