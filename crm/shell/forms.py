from __future__ import annotations

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Django's forms in the product's look: `{{ form }}` needs nothing more."""

    form_template_name = "components/_form.html"
    field_template_name = "components/_field.html"


class ExampleForm(forms.Form):
    """Every kind of field there is, for the page of components."""

    name = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "Full name"}))
    phone = forms.CharField(
        min_length=11,
        required=False,
        help_text="With the country in front, or as you dial it at home.",
        error_messages={"min_length": "That number is too short. Add the last 4 digits."},
    )
    stage = forms.ChoiceField(choices=[("new", "New"), ("showing", "Showing")])
    when = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(required=False)
    outcome = forms.ChoiceField(
        choices=[("reached", "Reached"), ("message", "Left message")], widget=forms.RadioSelect
    )
    source = forms.CharField(required=False, disabled=True, initial="Property portal")
    consent = forms.BooleanField(label="May be called", help_text="As they said on 2 June.")
