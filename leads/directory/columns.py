"""What a row of the list of people shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.lists.declaration import Column, Rows, Sort, Stretch
from crm.shell import moments
from crm.shell.money import short_range
from leads.directory import cells
from leads.models import Lead, LeadArea, LeadTag, Stage
from leads.models.lead import FAR_OFF, LONG_AGO
from leads.scoring.bands import band


def with_stage(rows: Rows) -> Rows:
    return rows.select_related("stage")


def with_source(rows: Rows) -> Rows:
    return rows.select_related("source")


def with_profile(rows: Rows) -> Rows:
    return rows.select_related("profile")


def with_areas(rows: Rows) -> Rows:
    named = LeadArea.objects.select_related("area").order_by("area__name")
    return rows.prefetch_related(Prefetch("leadarea_set", named, "lives_in"))


def with_tags(rows: Rows) -> Rows:
    named = LeadTag.objects.select_related("tag").order_by("tag__name")
    return rows.prefetch_related(Prefetch("leadtag_set", named, "wears"))


def areas(lead: Any) -> str:
    return ", ".join(each.area.name for each in lead.lives_in)


def tags(lead: Any) -> str:
    return ", ".join(each.tag.name for each in lead.wears)


def by_stage() -> list[Stretch]:
    """Stage after stage as the owner put them, the best first in each."""
    return [_in_stage(stage.id) for stage in Stage.objects.all()]


def _in_stage(stage: int) -> Stretch:
    return Stretch(str(stage), lambda rows: rows.filter(stage=stage), ["-score", "pk"])


def budget(lead: Lead) -> str:
    return short_range(lead.budget_min, lead.budget_max, lead.currency)


def budget_for_a_file(lead: Lead) -> str:
    known = [f"{amount:.0f}" for amount in (lead.budget_min, lead.budget_max) if amount is not None]
    return " to ".join(dict.fromkeys(known)) + (f" {lead.currency}" if known else "")


def arrived(lead: Lead) -> str:
    said = moments.ago(lead.arrived_at, timezone.now(), timezone.get_current_timezone())
    return said.removeprefix("on ")


def day_of(name: str) -> Any:
    def day(lead: Lead) -> str:
        moment = getattr(lead, name)
        return timezone.localtime(moment).date().isoformat() if moment else ""

    return day


def score_in_words(lead: Lead) -> str:
    return f"{lead.score} {band(lead.score).word}"


COLUMNS = [
    Column("name", "Person", cells.person, Sort("folded_name"), export=str),
    Column("stage", "Stage", cells.stage, Sort(stretches=by_stage), drops=5, phone="line",
           prepare=with_stage, export=lambda lead: lead.stage.name),
    Column("score", "Score", cells.score, Sort("score", descending=True), phone="end",
           export=score_in_words),
    Column("budget", "Budget", budget, Sort(Coalesce("budget_max", Decimal(0)), descending=True),
           number=True, drops=4, export=budget_for_a_file),
    Column("areas", "Areas", areas, clip=True, drops=3, prepare=with_areas),
    Column("touch", "Last touch", cells.touch,
           Sort(Coalesce("last_touch_at", LONG_AGO), descending=True), drops=2,
           export=day_of("last_touch_at")),
    Column("next", "Next follow-up", cells.next_follow_up,
           Sort(Coalesce("next_follow_up_at", FAR_OFF)), phone="line",
           export=day_of("next_follow_up_at")),
    Column("source", "Source", "source.name", drops=1, prepare=with_source),
    Column("tags", "Tags", tags, clip=True, drops=1, default=False, prepare=with_tags),
    Column("kind", "Kind", lambda lead: lead.get_kind_display(), drops=1, default=False),
    Column("profile", "Profile", "profile.name", drops=1, default=False, prepare=with_profile),
    Column("moving", "Time frame", lambda lead: lead.get_moving_display(), drops=1, default=False),
    Column("arrived", "Came", arrived, Sort("arrived_at", descending=True), drops=1,
           default=False, export=day_of("arrived_at")),
]  # fmt: skip
