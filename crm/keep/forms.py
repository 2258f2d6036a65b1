from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from crm.keep.letting_go import Keeping, keepings
from crm.keep.registry import Category

LONGEST = 36_500


class RetentionForm(forms.Form):
    """One field a category: for how many days it is kept; empty for good."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.keepings = {keeping.category.name: keeping for keeping in keepings()}
        for name, keeping in self.keepings.items():
            self.fields[name] = _days_field(keeping)

    def chosen(self) -> Iterator[tuple[Category, int | None]]:
        """Only what was changed, so that the first times can still change with the product."""
        for name, keeping in self.keepings.items():
            if self.cleaned_data[name] != keeping.days:
                yield keeping.category, self.cleaned_data[name]


def _days_field(keeping: Keeping) -> forms.IntegerField:
    return forms.IntegerField(
        label=keeping.category.label,
        help_text=_help(keeping),
        initial=keeping.days,
        required=False,
        min_value=keeping.category.least_days,
        max_value=LONGEST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _help(keeping: Keeping) -> str:
    last = keeping.last
    if last is None:
        return keeping.category.why
    if last.error:
        return f"{keeping.category.why} The last run failed on {last.ran_at:%d %B}."
    return f"{keeping.category.why} Last run {last.ran_at:%d %B}: {last.removed:,} removed."
