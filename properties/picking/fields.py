"""One home out of any number: typed, and chosen among those that have what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from properties.models import Listing
from properties.picking.queries import called, named

LONGEST = 520
NONE = "No home is called so. Choose one from the list, or leave it empty."
SEVERAL = "Several homes are called so. Choose the one you mean from the list."


class HomeInput(forms.TextInput):
    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = attrs or {}
        found = f"{given.get('id') or name}-found"
        given |= {"list": found, "hx-target": f"#{found}", "hx-params": name}
        box = super().render(name, value, given, renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, found)


class HomeField(forms.CharField):
    """`there` is the one that is chosen already: it stays, however many are called like it."""

    widget = HomeInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **{"required": False, "label": "Home", **options})
        self.there: Listing | None = None
        self.widget.attrs |= {
            "autocomplete": "off",
            "placeholder": "Begin to type its name or address",
            "hx-post": reverse_lazy("picking:homes"),
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }

    def prepare_value(self, value: Any) -> Any:
        return called(value) if isinstance(value, Listing) else value

    def clean(self, value: Any) -> Any:
        text = " ".join(str(super().clean(value) or "").split())
        if not text:
            return None
        if self.there is not None and text == " ".join(called(self.there).split()):
            return self.there
        homes = named(text)
        if len(homes) != 1:
            raise ValidationError(SEVERAL if homes else NONE)
        return homes[0]
