from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

from leads.models import ScoreWeight
from leads.scoring.rules import RULES, Rule


class PointsForm(forms.Form):
    """A field for each rule: its points at their most, 0 to leave it out."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        chosen = dict(ScoreWeight.objects.values_list("rule", "points"))
        for rule in RULES:
            self.fields[rule.name] = forms.IntegerField(
                label=rule.label,
                min_value=-100,
                max_value=100,
                initial=chosen.get(rule.name, rule.points),
                widget=forms.NumberInput(attrs={"inputmode": "text", "class": "points"}),
            )

    def lines(self) -> list[tuple[Rule, BoundField]]:
        return [(rule, self[rule.name]) for rule in RULES]

    def own_points(self) -> dict[str, int]:
        return {rule.name: rule.points for rule in RULES}
