from __future__ import annotations

from django import forms


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label="Erase them for good",
        error_messages={"required": "Tick this first: it can't be undone."},
    )
