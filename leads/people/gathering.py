"""One lead with all that their page shows of them, in one query."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from leads.models import Consent, Lead, LeadArea, LeadTag, Relationship, Stage, StageChange
from leads.people import custom_fields, panels

MOST_BONDS = 20


def found() -> QuerySet[Any]:
    """With what hangs on the lead gathered by the database, so that it is one query."""
    return _found(panels.names())


@cache
def _found(_panels: tuple[str, ...]) -> QuerySet[Any]:
    """Built once: that takes longer than asking."""
    outer = OuterRef("pk")
    tags = LeadTag.objects.filter(lead=outer).order_by("tag__name")
    areas = LeadArea.objects.filter(lead=outer).order_by("area__name")
    home = Lead.objects.filter(household=OuterRef("household"), state=Lead.State.PRESENT)
    told = Relationship.objects.filter(lead=outer)
    heard = Relationship.objects.filter(other=outer)
    referred = Lead.objects.filter(referred_by=outer, state=Lead.State.PRESENT)
    moves = StageChange.objects.filter(lead=outer).values("to_stage").annotate(last=Max("at"))
    said = Consent.objects.filter(lead=outer)
    stages = Stage.objects.values(row=JSONObject(id="id", name="name", kind="kind"))
    named = {"id": F("id"), "name": F("name")}
    leads: QuerySet[Any] = Lead.objects.select_related(
        "stage", "source", "campaign", "profile", "household", "referred_by"
    ).annotate(
        stage_rows=ArraySubquery(stages),
        custom_rows=custom_fields.gathered(),
        tag_names=ArraySubquery(tags.values("tag__name")),
        area_rows=ArraySubquery(
            areas.values(row=JSONObject(name=F("area__name"), city=F("area__city")))
        ),
        home_rows=ArraySubquery(
            home.exclude(pk=outer).order_by("name").values(row=JSONObject(**named))[:MOST_BONDS]
        ),
        told_rows=ArraySubquery(told.values(row=_bond("other"))[:MOST_BONDS]),
        heard_rows=ArraySubquery(heard.values(row=_bond("lead"))[:MOST_BONDS]),
        referral_rows=ArraySubquery(
            referred.order_by("name").values(row=JSONObject(**named))[:MOST_BONDS]
        ),
        move_rows=ArraySubquery(moves.values(row=JSONObject(stage=F("to_stage"), at=F("last")))),
        consent_rows=ArraySubquery(
            said.values(row=JSONObject(channel="channel", state="state", at="at", how="how"))
        ),
    )
    whole: QuerySet[Any] = leads.annotate(**panels.gathered())
    return whole


def _bond(who: str) -> JSONObject:
    return JSONObject(id=F(f"{who}__id"), name=F(f"{who}__name"), kind=F("kind"), row=F("id"))
