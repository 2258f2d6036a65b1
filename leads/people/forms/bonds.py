"""Stages that ask something, and who belongs to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value

from crm.models.folded import Folded
from leads.models import Lead, Relationship
from leads.people.naming import tidy

CANDIDATES = 8
SHORTEST = 2
NOBODY = "Nobody of that name is here. Check it, or add them first."


class LostForm(forms.Form):
    lost_reason = forms.ChoiceField(
        label="Why", choices=Lead.LostReason.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose what came nearest."},
    )  # fmt: skip
    why = forms.CharField(
        label="In your words",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def candidates(text: str, *, but: UUID) -> list[Lead]:
    """People whose name has what was typed, the shortest names first."""
    wanted = tidy(text)
    if len(wanted) < SHORTEST:
        return []
    # Of less than three letters the index knows beginnings only.
    how = "contains" if len(wanted) > SHORTEST else "startswith"
    found = (
        Lead.objects.present()
        .exclude(id=but)
        .filter(**{f"folded_name__{how}": Folded(Value(wanted))})
    )
    return list(found.order_by("folded_name", "id")[:CANDIDATES])


class PickForm(forms.Form):
    """Somebody else among the leads: typed, then chosen among those who match."""

    who = forms.CharField(
        label="Who",
        max_length=200,
        error_messages={"required": NOBODY},
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "placeholder": "Begin to type a name"}
        ),
    )

    def __init__(self, data: Any = None, *, lead: Lead) -> None:
        super().__init__(data)
        self.lead = lead
        self.found = candidates(self.data.get("who", ""), but=lead.id) if self.is_bound else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["other"] = other = self._chosen()
        if other is None and not self.has_error("who"):
            self.add_error("who", self._what_to_do())
        return cleaned

    def _chosen(self) -> Lead | None:
        try:
            id = UUID(self.data.get("other", ""))
        except ValueError:
            return self.found[0] if len(self.found) == 1 else None
        return Lead.objects.present().exclude(id=self.lead.id).filter(id=id).first()

    def _what_to_do(self) -> ValidationError:
        if self.found:
            return ValidationError("Choose who of these it is.")
        return ValidationError(NOBODY)


class RelationshipForm(PickForm):
    kind = forms.ChoiceField(label="Is their", choices=Relationship.Kind.choices)
    together = forms.BooleanField(label="They look for one home together", required=False)
    field_order = ["who", "kind", "together"]
