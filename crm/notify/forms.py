from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField

from crm.models import NotificationRules
from crm.notify import devices, kinds, rules
from crm.notify.channels import available

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[NotificationRules]
else:
    ModelForm = forms.ModelForm


class RulesForm(ModelForm):
    class Meta:
        model = NotificationRules
        fields = ("mail_says", "push_says", "quiet_from", "quiet_until")
        widgets = {
            "mail_says": forms.RadioSelect,
            "push_says": forms.RadioSelect,
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "quiet_from": "No e-mail and no push in these hours, by your clock. Urgent ones come.",
            "push_says": "A phone shows it on its locked screen. Push services can't read it.",
            "mail_says": "A subject can be read on a locked phone, and by your mail provider.",
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            raise forms.ValidationError("Quiet hours need a beginning and an end, or neither.")
        return cleaned


class ChoicesForm(forms.Form):
    """A box for each kind and channel."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wishes = rules.wishes()
        for kind in kinds.choosable():
            for channel in available():
                self.fields[f"{kind.name}:{channel}"] = forms.BooleanField(
                    label=f"{kind.label}: {channel.label}",
                    required=False,
                    initial=wishes.wanted(kind, channel),
                )

    def lines(self) -> list[tuple[kinds.Kind, list[BoundField]]]:
        return [
            (kind, [self[f"{kind.name}:{channel}"] for channel in available()])
            for kind in kinds.choosable()
        ]

    def chosen(self) -> dict[tuple[str, str], bool]:
        pairs = (name.rpartition(":") for name in self.fields)
        return {
            (kind, channel): self.cleaned_data[f"{kind}:{channel}"] for kind, _, channel in pairs
        }


class DeviceForm(forms.Form):
    """What the page's script learned from the browser."""

    endpoint = forms.CharField(max_length=devices.LONGEST)
    public = forms.CharField(max_length=100)
    secret = forms.CharField(max_length=40)

    def keys(self) -> devices.Keys:
        if not self.is_valid():
            raise devices.CannotAdd(devices.NO_ADDRESS)
        return devices.Keys(**self.cleaned_data)
