from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from leads.models import BuyerProfile, Campaign, CustomField, Source, Stage, Tag
from leads.people.naming import tidy

TAKEN = "There is one of that name already."


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name that no other has; `once` names fields that are chosen when a row is added."""

    once: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs |= {"autofocus": True, "autocomplete": "off"}
        if self.instance.pk:
            for name in self.once:
                del self.fields[name]

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise ValidationError("Type a name.")
        if self.others().filter(name__iexact=name).exists():
            raise ValidationError(TAKEN)
        return name

    def others(self) -> Any:
        return self._meta.model._default_manager.exclude(pk=self.instance.pk)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}

    def _get_validation_exclusions(self) -> set[str]:
        # The constraints speak to the database; here a sentence was said already.
        return {*super()._get_validation_exclusions(), "name"}  # type: ignore[misc]


class StageForm(NameForm):
    once = ("kind",)

    class Meta:
        model = Stage
        fields = ["name", "kind", "likely_percent"]
        help_texts = {"kind": "What Porchlight takes it for, in sums and reminders."}


class ProfileForm(NameForm):
    class Meta:
        model = BuyerProfile
        fields = ["name"]


class SourceForm(NameForm):
    class Meta:
        model = Source
        fields = ["name", "kind"]


class CampaignForm(NameForm):
    field_order = ["source", "name"]

    class Meta:
        model = Campaign
        fields = ["source", "name"]

    def clean_name(self) -> str:
        # Of one source: another may have a campaign of the same name.
        name = tidy(self.cleaned_data["name"])
        source = self.cleaned_data.get("source")
        if not name:
            raise ValidationError("Type a name.")
        if source and self.others().filter(source=source, name__iexact=name).exists():
            raise ValidationError(TAKEN)
        return name


class TagForm(NameForm):
    class Meta:
        model = Tag
        fields = ["name"]

    def clean_name(self) -> str:
        if "," in self.cleaned_data["name"]:
            raise ValidationError("Tags are parted by commas, so none may stand in a name.")
        return super().clean_name()


class CustomFieldForm(NameForm):
    once = ("kind", "private")
    choices = forms.CharField(
        label="Choices",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For a field of choices: one a line.",
    )

    class Meta:
        model = CustomField
        fields = ["name", "kind", "choices", "private"]
        help_texts = {
            "private": "Sealed like contact data. It can be neither searched nor sorted, "
            "and stays private for good."
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["choices"] = "\n".join(self.instance.choices or [])
        if self.instance.pk and self.instance.kind != CustomField.Kind.CHOICE:
            del self.fields["choices"]

    def clean_choices(self) -> list[str]:
        lines = map(tidy, self.cleaned_data["choices"].splitlines())
        found = list(dict.fromkeys(filter(None, lines)))
        if any(len(choice) > 60 for choice in found):
            raise ValidationError("A choice may have 60 letters.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", self.instance.kind)
        if kind == CustomField.Kind.CHOICE and cleaned.get("choices") == []:
            self.add_error("choices", "Type what there is to choose from, one a line.")
        elif kind and kind != CustomField.Kind.CHOICE and "choices" in cleaned:
            cleaned["choices"] = []
        return cleaned


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Tag.objects.none(), label="Becomes")

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data)
        field: Any = self.fields["into"]
        field.queryset = Tag.objects.exclude(pk=tag.pk)
