"""The parts of a lead's page that are edited where they stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from crm.lists.picked import PickedField
from crm.owner import choices
from leads.models import BuyerProfile, Campaign, CustomField, Lead, Source, Tag
from leads.people import custom_fields
from leads.people.forms.fields import MONTHS, MoneyField, WordsField, ZoneField, check_birthday
from leads.people.forms.meeting import MeetingForm
from leads.people.naming import tidy
from properties.models import Area, Listing

LONGEST_ABOUT = 20_000


class PartForm(MeetingForm):
    """`fields_of` names the columns; what else there is, a part adds to `now`."""

    columns: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, lead: Lead) -> None:
        self.lead = lead
        super().__init__(data, now=self.present(lead))
        for name, field in self.fields.items():
            if isinstance(field, PickedField):
                field.there = self.now[name]

    def present(self, lead: Lead) -> dict[str, Any]:
        return {name: getattr(lead, name) for name in self.columns}

    def values(self) -> dict[str, Any]:
        """For `services.change_lead`."""
        return self.changes()

    def suggestions(self) -> dict[str, Any]:
        """Lists to choose from while one types, by their ids in the page."""
        return {}


def day_of_month() -> forms.IntegerField:
    return forms.IntegerField(label="Birthday, day", min_value=1, max_value=31, required=False)


class DetailsForm(PartForm):
    name = forms.CharField(label="Full name", max_length=200)
    given_name = forms.CharField(max_length=200, required=False)
    family_name = forms.CharField(max_length=200, required=False)
    kind = forms.ChoiceField(choices=Lead.Kind.choices)
    profile = forms.ModelChoiceField(
        BuyerProfile.objects.all(), required=False, empty_label="Not known"
    )
    source = forms.ModelChoiceField(Source.objects.all(), required=False, empty_label="Not known")
    campaign = forms.ModelChoiceField(
        Campaign.objects.select_related("source"), required=False, empty_label="None"
    )
    tags = PickedField(
        Tag, listed="leads", filter="tags", label="Tags", required=False,
        help_text="Tick some, or type new ones, parted by commas.",
    )  # fmt: skip
    language = forms.CharField(max_length=20, required=False)
    zone = ZoneField(label="Time zone", required=False, help_text="Where they live now.")
    birthday_day = day_of_month()
    birthday_month = forms.TypedChoiceField(
        label="Birthday, month",
        choices=[("", "Not known"), *enumerate(MONTHS, start=1)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    home_since = forms.DateField(
        label="In their home since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    columns = (
        "name", "given_name", "family_name", "kind", "profile", "source", "campaign", "language",
        "zone", "birthday_day", "birthday_month", "home_since",
    )  # fmt: skip

    def present(self, lead: Lead) -> dict[str, Any]:
        return {**super().present(lead), "tags": list(lead.tags.all())}

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise ValidationError("Type a name; one word is enough.")
        return name

    def clean_home_since(self) -> Any:
        day = self.cleaned_data["home_since"]
        if day and not 1900 <= day.year <= 2200:
            raise ValidationError("Type a year between 1900 and 2200.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"birthday_day", "birthday_month"} & self.errors.keys():
            try:
                check_birthday(cleaned.get("birthday_month"), cleaned.get("birthday_day"))
            except ValidationError as error:
                self.add_error("birthday_day", error)
        campaign, source = cleaned.get("campaign"), cleaned.get("source")
        if campaign and source and campaign.source_id != source.id:
            self.add_error("campaign", f"{campaign} is a campaign of {campaign.source}.")
        return cleaned

    def values(self) -> dict[str, Any]:
        found = self.changes()
        if found.get("campaign") and not self.cleaned_data.get("source"):
            found["source"] = found["campaign"].source
        # A birthday is one fact: both halves go together, or the database would see half of it.
        halves = ("birthday_day", "birthday_month")
        if any(half in found for half in halves):
            found |= {half: self.cleaned_data[half] for half in halves}
        if "tags" in found:
            found["tags"] = [tag.name for tag in found["tags"]]
        return found

    def suggestions(self) -> dict[str, Any]:
        return {"zones": choices.zones()}


class WantsForm(PartForm):
    budget_min = MoneyField(label="Budget from", required=False)
    budget_max = MoneyField(label="Budget up to", required=False, help_text="8M will do.")
    currency = forms.ChoiceField(choices=choices.currencies)
    moving = forms.ChoiceField(
        label="Time frame", choices=[("", "Not known"), *Lead.Moving.choices], required=False
    )
    home_kinds = forms.MultipleChoiceField(
        label="Kind of home",
        choices=Listing.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bedrooms_min = forms.IntegerField(
        label="Bedrooms, at least", min_value=0, max_value=50, required=False
    )
    areas = PickedField(
        Area, listed="leads", filter="areas", label="Areas", required=False,
        help_text="Tick some, or type new ones, parted by commas.",
    )  # fmt: skip
    must_have = WordsField(required=False, help_text="Parted by commas: parking, quiet street.")
    nice_to_have = WordsField(required=False)
    columns = (
        "budget_min", "budget_max", "currency", "moving", "home_kinds", "bedrooms_min",
        "must_have", "nice_to_have",
    )  # fmt: skip

    def present(self, lead: Lead) -> dict[str, Any]:
        return {**super().present(lead), "areas": list(lead.areas.all())}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        low, high = cleaned.get("budget_min"), cleaned.get("budget_max")
        if low is not None and high is not None and low > high:
            self.add_error("budget_max", "This is less than where the budget starts.")
        return cleaned

    def values(self) -> dict[str, Any]:
        found = self.changes()
        low, high = (self._after(name, found) for name in ("budget_min", "budget_max"))
        if low is not None and high is not None and low > high:
            # The other tab moved the other end; what was typed here is complete in itself.
            found |= {name: self.cleaned_data[name] for name in ("budget_min", "budget_max")}
        return found

    def _after(self, name: str, found: dict[str, Any]) -> Any:
        return found.get(name, self.now[name])


class AboutForm(PartForm):
    about = forms.CharField(
        label="Private notes",
        max_length=LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Sealed: found in no list, and gone when they are erased.",
    )
    columns = ("about",)


class CustomForm(PartForm):
    """A field for each that the owner added."""

    def __init__(self, data: Any = None, *, lead: Lead) -> None:
        self.held = custom_fields.held(lead)
        super().__init__(data, lead=lead)
        for held in self.held:
            self.fields[name_of(held.field)] = custom_fields.form_field(held.field, held.value)

    def present(self, lead: Lead) -> dict[str, Any]:  # noqa: ARG002
        return {name_of(held.field): held.value for held in self.held}

    def values(self) -> dict[str, Any]:
        changed = self.changes()
        by_id = {name_of(held.field): held.field.id for held in self.held}
        return {"custom": {by_id[name]: value for name, value in changed.items()}}


def name_of(field: CustomField) -> str:
    return f"custom_{field.id}"
