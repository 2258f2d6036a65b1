from __future__ import annotations

from django import forms


class SkipForm(forms.Form):
    because = forms.CharField(label="Why is it skipped?", max_length=200)
