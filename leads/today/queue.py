"""One ranked queue: every person once, by their strongest reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DateTimeField,
    Exists,
    F,
    JSONField,
    OuterRef,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)  # fmt: skip
from django.db.models.functions import Cast

from leads.models import FollowUp, Lead, LeadArea, PutOff, TodayWeight
from leads.scoring.bands import Band, band
from leads.today.day import Day
from leads.today.finding import Arm
from leads.today.rules import Found, Known, Rule, find, rules
from leads.today.saying import Said

# As many of one reason as are looked at, and as many people as are shown.
MOST_OF_A_REASON = 100
SHOWN = 50
FIELDS = (
    "id", "data_key", "name", "given_name", "kind", "score", "stage", "source", "arrived_at",
    "birthday_month", "birthday_day", "home_since", "last_touch_at", "last_touch_kind",
    "last_in_at", "unanswered_since", "first_attempt_at", "bedrooms_min", "budget_min",
    "budget_max", "currency", "do_not_contact", "stage__name", "stage__kind",
    "stage__likely_percent", "source__name",
)  # fmt: skip


NOTHING = Said("", "")


@dataclass(frozen=True)
class Reason:
    rule: Rule
    weight: int
    found: Found
    said: Said = NOTHING
    follow_up: FollowUp | None = None

    @property
    def order(self) -> tuple[float, float]:
        """Weight first, then how pressing it is."""
        moment = self.found.at.timestamp() if self.found.at else 0.0
        return -self.weight, -moment if self.rule.newest_first else moment


@dataclass
class Row:
    """A person with all reasons, the strongest first."""

    lead: Lead
    reasons: list[Reason]

    @property
    def first(self) -> Reason:
        return self.reasons[0]

    @property
    def band(self) -> Band:
        return band(self.lead.score)

    @property
    def follow_up(self) -> FollowUp | None:
        """What a call or a talk from here would do."""
        return next((reason.follow_up for reason in self.reasons if reason.follow_up), None)

    @property
    def aside(self) -> str:
        """What else there is to say: the first reason's detail, and the other reasons."""
        others = [reason.said.bold for reason in self.reasons[1:]]
        return ". ".join(filter(None, [self.first.said.rest, *others]))


@dataclass(frozen=True)
class Queue:
    day: Day
    rows: list[Row]
    # All people with a reason, also those beyond the rows; more when a reason's list was cut.
    people: int
    more: bool = False
    waiting: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def count(self) -> str:
        return f"{self.people}+" if self.more else str(self.people)


def queue(day: Day, *, shown: int = SHOWN) -> Queue:
    found = found_today(day)
    ranked = ranked_people(found)
    first = ranked[:shown]
    return Queue(
        day=day,
        rows=rows(first, day),
        people=len(ranked),
        more=any(count >= MOST_OF_A_REASON for count in _amounts(found)),
        waiting=frozenset(reasons[0].found.lead for reasons in ranked),
    )


def _amounts(found: Iterable[Reason]) -> list[int]:
    names = sorted(reason.rule.name for reason in found)
    return [len(list(same)) for _, same in groupby(names)]


def found_today(day: Day, *, lead: UUID | None = None) -> list[Reason]:
    """Every reason that holds and was not put off, of everybody or of one; in one query."""
    weights = dict(TodayWeight.objects.values_list("rule", "weight"))
    chosen = {rule: weights.get(rule.name, rule.weight) for rule in rules()}
    arms = [
        _columns(rule, arm, day, lead)
        for rule, weight in chosen.items()
        if weight
        for arm in rule.find(day)
    ]
    if not arms:
        return []
    rows = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    made = (Found(name, who, at, thing, facts or {}) for name, who, at, thing, facts in rows)
    return [Reason(find(one.rule), chosen[find(one.rule)], one) for one in made]


def _columns(rule: Rule, arm: Arm, day: Day, lead: UUID | None) -> QuerySet[Any]:
    """The same columns for each arm, without what was put off, and no more than is looked at."""
    query: QuerySet[Any] = arm.query if lead is None else arm.query.filter(**{arm.lead: lead})
    query = query.filter(~Exists(_put_off(rule, arm, day)))
    nothing = Value(None)
    columns = {
        "rule_": Value(rule.name, TextField()),
        "lead_": F(arm.lead),
        "at_": F(arm.at) if arm.at else Cast(nothing, DateTimeField()),
        "thing_": F(arm.thing) if arm.thing else Cast(nothing, UUIDField()),
        "facts_": arm.facts if arm.facts is not None else Cast(nothing, JSONField()),
    }
    found: QuerySet[Any] = query.annotate(**columns).values_list(*columns)
    return found[:MOST_OF_A_REASON]


def _put_off(rule: Rule, arm: Arm, day: Day) -> QuerySet[PutOff]:
    held = PutOff.objects.filter(lead=OuterRef(arm.lead), rule__in=["", rule.name])
    held = held.filter(until__gt=day.now)
    # What they did since opens it again.
    return held.filter(made_at__gte=OuterRef(arm.reopened_by)) if arm.reopened_by else held


def ranked_people(found: Sequence[Reason]) -> list[list[Reason]]:
    """Each person's reasons, one of a rule; persons by their strongest, in an order that stays."""
    by_person: dict[UUID, dict[str, Reason]] = {}
    for reason in sorted(found, key=lambda each: (each.order, str(each.found.thing or ""))):
        by_person.setdefault(reason.found.lead, {}).setdefault(reason.rule.name, reason)
    people = [list(reasons.values()) for reasons in by_person.values()]
    return sorted(people, key=lambda reasons: (reasons[0].order, str(reasons[0].found.lead)))


def rows(ranked: Sequence[Sequence[Reason]], day: Day) -> list[Row]:
    """With words: two queries for all of them."""
    if not ranked:
        return []
    leads = _leads([reasons[0].found.lead for reasons in ranked])
    planned = _follow_ups(reason.found.thing for reasons in ranked for reason in reasons
                          if reason.rule.name in ("due", "overdue", "showing"))  # fmt: skip
    return [
        Row(lead, [_said(reason, lead, planned, day) for reason in reasons])
        for reasons in ranked
        if (lead := leads.get(reasons[0].found.lead))
    ]


def _said(reason: Reason, lead: Lead, planned: dict[UUID, FollowUp], day: Day) -> Reason:
    follow_up = planned.get(reason.found.thing) if reason.found.thing else None
    words = reason.rule.say(Known(reason.found, lead, follow_up, day))
    return Reason(reason.rule, reason.weight, reason.found, words, follow_up)


def _leads(ids: list[UUID]) -> dict[UUID, Lead]:
    areas = LeadArea.objects.filter(lead=OuterRef("id")).order_by("area__name")
    found = Lead.objects.filter(id__in=ids).select_related("stage", "source").only(*FIELDS)
    return {lead.id: lead for lead in found.annotate(
        wanted_areas=ArraySubquery(areas.values("area__name")[:3]))}  # fmt: skip


def _follow_ups(ids: Iterable[UUID | None]) -> dict[UUID, FollowUp]:
    wanted = [id for id in ids if id is not None]
    found = FollowUp.objects.filter(id__in=wanted).select_related("listing")
    return {follow_up.id: follow_up for follow_up in found}
