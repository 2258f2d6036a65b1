"""By what people can be chosen."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, Value
from django.db.models.functions import Coalesce, Concat, Length, StrIndex, Upper
from django.db.models.lookups import LessThan
from django.utils import timezone

from crm.lists.declaration import Filter, Finder, Option, Related
from crm.models.folded import Folded
from leads.models import (
    BuyerProfile,
    Campaign,
    Consent,
    ContactPoint,
    Deal,
    Household,
    Interaction,
    Lead,
    LeadArea,
    LeadTag,
    Source,
    Stage,
    Tag,
)
from leads.models.lead import FAR_OFF
from properties.models import Area, Listing
from properties.picking.queries import called, suggested

OFFERED = 20
# So many of those that are called so are put in order: of a few letters very many may be.
LOOKED_AT = 500
MONTHS = list(enumerate(calendar.month_name))[1:]


def found_area() -> Finder:
    """By name or town, without case and accents: an agent may know thousands."""
    named = found_by(Area, "name")

    def search(typed: str) -> list[Option]:
        folded = Folded(Value(typed))
        places = Area.objects.alias(place=Folded(Concat("name", Value(", "), "city")))
        found = places.filter(place__contains=folded)
        # What begins so comes first.
        first = found.annotate(inside=StrIndex(F("place"), folded)).order_by("inside", "name", "id")
        return [Option(str(area.pk), str(area)) for area in first[:OFFERED]]

    return Finder(search=search, named=named.named)


def named(model: type[Model]) -> Callable[[], Sequence[Option]]:
    """All of a short list, as the owner ordered it."""
    return lambda: [Option(str(row.pk), str(row)) for row in model._default_manager.all()]


def choices(pairs: Sequence[tuple[Any, Any]]) -> Callable[[], Sequence[Option]]:
    return lambda: [Option(str(value), str(label)) for value, label in pairs]


def found_by(model: type[Model], field: str) -> Finder:
    """Of a long list, those whose names hold what was typed; of what is chosen, all."""

    def options(rows: Any) -> list[Option]:
        return [Option(str(row.pk), str(row)) for row in rows]

    def like(how: str, typed: str) -> Any:
        rows = model._default_manager.order_by().filter(**{f"{field}__{how}": typed})
        return rows.values("pk")[:LOOKED_AT]

    def search(typed: str) -> list[Option]:
        rows = model._default_manager.all()
        by: list[Any] = [field, "pk"]
        if typed:
            # What begins so comes first, and before all others what is called just so.
            by = [StrIndex(Upper(field), Upper(Value(typed))), Length(field), *by]
            same, begins, holds = (
                like(how, typed) for how in ("iexact", "istartswith", "icontains")
            )
            rows = rows.filter(pk__in=same.union(begins, holds, all=True))
        return options(rows.order_by(*by)[:OFFERED])

    def known(values: Sequence[str]) -> list[Option]:
        key = model._meta.pk
        keys = [key.to_python(each) for each in values if _fits(key, each)]
        return options(model._default_manager.filter(pk__in=keys).order_by(field, "pk"))

    return Finder(search=search, named=known)


def found_home() -> Finder:
    """By any words of name or address, over their index."""
    by_title = found_by(Listing, "title")
    return Finder(
        search=lambda typed: [Option(str(home.pk), called(home)) for home in suggested(typed)],
        named=by_title.named,
    )


def _fits(key: Any, value: str) -> bool:
    try:
        key.to_python(value)
    except ValidationError:
        return False
    return True


def overdue(_operator: str, _values: Sequence[Any]) -> Q:
    """Of what the index is sorted by: few are overdue, and a list of them ends where they do."""
    return Q(LessThan(Coalesce("next_follow_up_at", FAR_OFF), timezone.now()))


def called_so(operator: str, values: Sequence[Any]) -> Q:
    """Without case and accents, as names are indexed; everybody has a name."""
    how = {"has": "contains", "starts": "startswith", "is": "exact"}.get(operator)
    return Q(**{f"folded_name__{how}": Folded(Value(values[0]))}) if how else Q(folded_name__gt="")


ACTIVITY = "Activity"
FILTERS = [
    Filter("name", "Name", "text", build=called_so),
    Filter("stage", "Stage", "choice", by="stage_id", options=named(Stage)),
    Filter("stage-kind", "Kind of stage", "choice", by="stage__kind",
           options=choices(Stage.Kind.choices)),
    Filter("kind", "Kind", "choice", by="kind", options=choices(Lead.Kind.choices)),
    Filter("score", "Score", "number", by="score"),
    Filter("budget", "Budget", "money", by="budget_max"),
    Filter("moving", "Time frame", "choice", by="moving", options=choices(Lead.Moving.choices)),
    Filter("areas", "Areas", "many", by="area_id", options=found_area(),
           related=Related(LeadArea, "lead")),
    Filter("tags", "Tags", "many", by="tag_id", options=found_by(Tag, "name"),
           related=Related(LeadTag, "lead")),
    Filter("profile", "Buyer profile", "choice", by="profile_id", options=named(BuyerProfile)),
    Filter("source", "Source", "choice", by="source_id", options=named(Source)),
    Filter("campaign", "Campaign", "relation", by="campaign_id",
           options=found_by(Campaign, "name")),
    Filter("household", "Household", "relation", by="household_id",
           options=found_by(Household, "name")),
    Filter("bedrooms", "Bedrooms", "number", by="bedrooms_min"),
    Filter("language", "Language", "text", by="language"),
    Filter("lost", "Lost because", "choice", by="lost_reason",
           options=choices(Lead.LostReason.choices)),
    Filter("no-contact", "Do not contact", "yes_no", by="do_not_contact"),
    Filter("consent", "Agreed to", "many", by="channel",
           options=choices(Consent.Channel.choices),
           related=Related(Consent, "lead")),
    Filter("reach", "Ways to reach them", "many", by="kind",
           options=choices(ContactPoint.Kind.choices),
           related=Related(ContactPoint, "lead", Q(bounced_at=None)),
           words={"any_of": "has a working {}", "none_of": "has no working {}"}),
    Filter("deal", "Deal", "many", by="state", options=choices(Deal.State.choices),
           related=Related(Deal, "lead")),
    Filter("birthday", "Birthday", "choice", by="birthday_month", options=choices(MONTHS),
           words={"any_of": "in {}", "none_of": "not in {}"}),
    Filter("touch", "Last touch", "activity", by="last_touch_at", group=ACTIVITY),
    Filter("heard", "Last heard from them", "activity", by="last_in_at", group=ACTIVITY),
    Filter("waiting", "Waiting for an answer since", "activity", by="unanswered_since",
           group=ACTIVITY),
    Filter("next", "Next follow-up", "moment", by="next_follow_up_at", group=ACTIVITY),
    Filter("overdue", "Overdue follow-up", "yes_no", build=overdue, group=ACTIVITY),
    Filter("arrived", "Came", "moment", by="arrived_at", group=ACTIVITY),
    Filter("in-stage", "In this stage", "activity", by="stage_since", group=ACTIVITY),
    Filter("saw", "Home seen or asked about", "many", by="listing_id",
           options=found_home(), group=ACTIVITY,
           related=Related(Interaction, "lead")),
    Filter("home-since", "In their home since", "date", by="home_since"),
]  # fmt: skip
