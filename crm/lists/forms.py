from __future__ import annotations

from typing import Any

from django import forms

from crm.lists.asking import Asked

ICONS = [
    ("list", "List"),
    ("star", "Star"),
    ("flame", "Hot"),
    ("moon", "Quiet"),
    ("circle-alert", "Late"),
    ("clock", "Time"),
    ("house", "Home"),
    ("wallet", "Money"),
    ("handshake", "Deal"),
    ("tag", "Tag"),
    ("users-round", "People"),
    ("target", "Target"),
]


class ListForm(forms.Form):
    """A smart list's name and where it stands."""

    name = forms.CharField(max_length=60)
    icon = forms.ChoiceField(choices=ICONS, initial="list")
    pinned = forms.BooleanField(label="Show it in the sidebar", required=False)

    def __init__(self, asked: Asked, data: Any = None, **given: Any) -> None:
        super().__init__(data, auto_id="list-%s", **given)
        self.asked = asked

    @classmethod
    def of(cls, asked: Asked, data: Any = None) -> ListForm:
        now = asked.current
        form = cls(asked, data, initial={"name": now.label, "icon": now.icon, "pinned": now.pinned})
        form.auto_id = "rename-%s"
        if now.icon not in dict(ICONS):
            field = form.fields["icon"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
            field.choices = [(now.icon, "As it is"), *ICONS]
        return form

    def refuse_name(self) -> None:
        self.add_error("name", "Another list has this name. Choose a different one.")


class ColumnsForm(forms.Form):
    """Which columns, in the order in which they were sent. The first is always there."""

    column = forms.MultipleChoiceField(required=False)
    compact = forms.ChoiceField(
        label="Rows", choices=[("", "Roomy"), ("1", "Compact")], required=False
    )

    def __init__(self, asked: Asked, data: Any = None) -> None:
        super().__init__(data, auto_id="columns-%s")
        self.asked = asked
        field = self.fields["column"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  (declared above)
        field.choices = [(name, column.label) for name, column in asked.shape.columns.items()]

    @property
    def rows(self) -> list[tuple[str, str, bool]]:
        """Name, label and whether it is shown: the shown ones first, in their order."""
        first = self.asked.listed.columns[0].name
        shown = [column.name for column in self.asked.columns]
        rest = [name for name in self.asked.shape.columns if name not in shown]
        columns = self.asked.shape.columns
        return [
            (name, columns[name].label, name in shown) for name in (*shown, *rest) if name != first
        ]
