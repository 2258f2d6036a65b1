from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.forms import BoundField

from leads.followups.snoozes import Snooze
from leads.models import TodayWeight
from leads.today.rules import Rule, rules


class WeightsForm(forms.Form):
    """A field for each reason; 0 switches it off."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        chosen = dict(TodayWeight.objects.values_list("rule", "weight"))
        for rule in rules():
            self.fields[rule.name] = forms.IntegerField(
                label=rule.label,
                min_value=0,
                max_value=1000,
                initial=chosen.get(rule.name, rule.weight),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "points"}),
            )

    def lines(self) -> list[tuple[Rule, BoundField]]:
        return [(rule, self[rule.name]) for rule in rules()]

    def own_weights(self) -> dict[str, int]:
        return {rule.name: rule.weight for rule in rules()}


class SnoozeForm(forms.Form):
    """Until when, and for which reason; no reason means all of them."""

    until = forms.CharField()
    rule = forms.CharField(required=False)

    def __init__(self, data: Any, *, choices: dict[str, Snooze]) -> None:
        super().__init__(data)
        self.choices = choices

    def clean_until(self) -> dt.datetime:
        chosen = self.choices.get(self.cleaned_data["until"])
        if chosen is None or chosen.due is None:
            raise forms.ValidationError("That time has passed. Pick another one.")
        return chosen.due

    def clean_rule(self) -> str:
        rule: str = self.cleaned_data["rule"]
        if rule and rule not in {each.name for each in rules()}:
            raise forms.ValidationError("There is no such reason any more.")
        return rule
