from __future__ import annotations

from django import forms
from django.forms.renderers import TemplatesSetting

from crm.shell.theme import Theme


class Renderer(TemplatesSetting):
    """Django's forms in the product's look: `{{ form }}` needs nothing more."""

    form_template_name = "components/_form.html"
    field_template_name = "components/_field.html"


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label="Single-key shortcuts",
        required=False,
        help_text=(
            "One letter acts at once, except while you type. "
            "Switch them off if you dictate to your computer."
        ),
    )
