"""The short lists that the owner keeps, in one table: what each is, and who uses its names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm

from leads.models import (
    BuyerProfile,
    Campaign,
    CustomField,
    Source,
    Stage,
    Tag,
)
from leads.people.names import forms
from leads.people.names.counts import OF_TAGS, OF_VALUES, Counts, Many, by_lead, by_stage, by_uses


@dataclass(frozen=True)
class Names:
    slug: str
    title: str
    one: str
    help: str
    model: Any
    form: type[ModelForm[Any]]
    used: Counts
    ordered: bool = False
    merges: bool = False
    retires: bool = False
    # Why this one can't go, or nothing.
    objection: Callable[[Any], str] = lambda _row: ""

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.all()
        return found.select_related("source") if self.model is Campaign else found


def of_stage(stage: Stage) -> str:
    if stage.leads.exists():
        return "People stand in it, or did before they were archived. Move them first."
    if not Stage.objects.filter(kind=stage.kind).exclude(id=stage.id).exists():
        return f"It is the only one of its kind: {stage.get_kind_display()}. Rename it instead."
    return ""


def of_source(source: Source) -> str:
    return "It has campaigns. Remove those first." if source.campaigns.exists() else ""


def of_field(field: CustomField) -> str:
    if field.private:
        return "Its values are sealed with each person. Retire it instead."
    return ""


KINDS = {
    names.slug: names
    for names in (
        Names(
            "stages", "Stages", "stage",
            "The steps to a home, in your words and your order.",
            Stage, forms.StageForm, by_stage, ordered=True, objection=of_stage,
        ),
        Names(
            "profiles", "Buyer profiles", "profile",
            "Kinds of buyers whom you know how to serve.",
            BuyerProfile, forms.ProfileForm, by_lead("leads_buyerprofile", "profile_id"),
            ordered=True,
        ),
        Names(
            "sources", "Sources", "source",
            "Where people come from.",
            Source, forms.SourceForm, by_lead("leads_source", "source_id"),
            ordered=True, objection=of_source,
        ),
        Names(
            "campaigns", "Campaigns", "campaign",
            "Single efforts of a source, such as one advertisement.",
            Campaign, forms.CampaignForm, by_lead("leads_campaign", "campaign_id"),
        ),
        Names(
            "tags", "Tags", "tag",
            "Words that you put on people.",
            Tag, forms.TagForm, by_uses("leads_tag", OF_TAGS), merges=True,
        ),
        Names(
            "fields", "Your own fields", "field",
            "What else you want to know of people: text, number, date, choice, yes or no.",
            CustomField, forms.CustomFieldForm, by_uses("leads_customfield", OF_VALUES),
            ordered=True, retires=True, objection=of_field,
        ),
    )
}  # fmt: skip


def count_of(names: Names, row: Model) -> Many:
    return names.used(1, row.pk).get(row.pk, Many())
