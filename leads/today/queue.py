"""One ranked queue: every person once, by their strongest reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, OuterRef, Q, When
from django.utils.safestring import SafeString

from crm.shell.links import links
from leads.followups import queries as followups
from leads.models import FollowUp, Lead, LeadArea
from leads.scoring.bands import Band, band
from leads.today import drawing
from leads.today.day import Day
from leads.today.finding import Arm
from leads.today.rules import Found, Known, Rule, find, rules
from leads.today.saying import Said

# As many of one reason as are looked at, and as many people as are shown.
MOST_OF_A_REASON = 100
SHOWN = 30
MOST_OF_THE_DAY = 30
OF_FOLLOW_UP = (
    "id", "data_key", "kind", "title", "due", "due_on", "minutes", "state", "lead__name",
    "listing__title",
)  # fmt: skip
FIELDS = (
    "id", "data_key", "name", "given_name", "kind", "score", "stage", "source", "arrived_at",
    "birthday_month", "birthday_day", "home_since", "last_touch_at", "last_touch_kind",
    "last_in_at", "unanswered_since", "first_attempt_at", "bedrooms_min", "budget_min",
    "budget_max", "currency", "do_not_contact", "stage__name", "stage__kind",
    "stage__likely_percent", "source__name",
)  # fmt: skip


NOTHING = Said("", "")


class Reason(NamedTuple):
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
    def links(self) -> dict[str, str]:
        """Where its keys lead; a talk that is logged ends what was due."""
        found = links(drawing.PAGES, self.lead.id)
        return {**found, "log": found["log"] + self.ends}

    @property
    def ends(self) -> str:
        return f"?follow_up={self.follow_up.id}" if self.follow_up else ""

    @property
    def drawn(self) -> SafeString:
        return drawing.row(self, acts=True)

    @property
    def drawn_to_read(self) -> SafeString:
        return drawing.row(self, acts=False)

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
    # What is open for the day, in the order of the clock.
    planned: tuple[FollowUp, ...] = ()
    waiting: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def count(self) -> str:
        return f"{self.people}+" if self.more else str(self.people)


def queue(day: Day, *, shown: int = SHOWN) -> Queue:
    found = found_today(day)
    ranked = ranked_people(found)
    planned = planned_for(day, ranked[:shown])
    return Queue(
        day=day,
        rows=rows(ranked[:shown], day, planned),
        planned=_of_the_day(planned, day),
        people=len(ranked),
        more=any(count >= MOST_OF_A_REASON for count in _amounts(found)),
        waiting=frozenset(reasons[0].found.lead for reasons in ranked),
    )


def _of_the_day(planned: dict[UUID, FollowUp], day: Day) -> tuple[FollowUp, ...]:
    mine = [one for one in planned.values() if day.began <= one.due < day.ends]
    return tuple(sorted(mine, key=lambda one: (one.due, str(one.id))))


def row_of(lead: UUID, day: Day) -> Row | None:
    """One person with all reasons; None when there is none."""
    ranked = ranked_people(found_today(day, lead=lead))
    return next(iter(rows(ranked, day, planned_for(day, ranked))), None)


def _amounts(found: Iterable[Reason]) -> list[int]:
    names = sorted(reason.rule.name for reason in found)
    return [len(list(same)) for _, same in groupby(names)]


def found_today(day: Day, *, lead: UUID | None = None) -> list[Reason]:
    """Every reason that holds and was not put off, of everybody or of one; in one statement."""
    weights = day.chosen.weights
    chosen = {rule.name: weights.get(rule.name, rule.weight) for rule in rules()}
    arms = [
        statement(rule, arm, of_one=lead is not None)
        for rule in rules()
        if chosen[rule.name]
        for arm in rule.find(day)
    ]
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), {**day.values, "lead": lead})
        rows = cursor.fetchall()
    return [_reason(row, chosen) for row in rows]


def _reason(row: tuple[Any, ...], weights: dict[str, int]) -> Reason:
    name, lead, at, thing, facts = row
    found = Found(name, lead, at, thing, json.loads(facts) if facts else {})
    return Reason(find(name), weights[name], found)


def statement(rule: Rule, arm: Arm, *, of_one: bool = False) -> str:
    """The same columns for each arm, without what was put off, and no more than is looked at."""
    again = f" AND o.made_at >= {arm.reopened_by}" if arm.reopened_by else ""
    one = f" AND {arm.lead} = %(lead)s" if of_one else ""
    # All pieces are the house's own words: rules, columns and numbers.
    return (
        f"(SELECT '{rule.name}', {arm.lead}, {arm.at}, {arm.thing}, {arm.facts}"  # noqa: S608
        f" FROM {arm.tables} WHERE {arm.where}{one} AND NOT EXISTS ("
        f"SELECT FROM leads_put_off o WHERE o.lead_id = {arm.lead}"
        f" AND o.rule IN ('', '{rule.name}') AND o.until > %(now)s{again})"
        f" ORDER BY {arm.order} LIMIT {MOST_OF_A_REASON})"
    )


def ranked_people(found: Sequence[Reason]) -> list[list[Reason]]:
    """Each person's reasons, one of a rule; persons by their strongest, in an order that stays."""
    ordered = sorted((each.order, _number(each.found.thing), at) for at, each in enumerate(found))
    by_person: dict[UUID, dict[str, Reason]] = {}
    strongest: dict[UUID, tuple[float, float]] = {}
    for order, _, at in ordered:
        reason = found[at]
        strongest.setdefault(reason.found.lead, order)
        by_person.setdefault(reason.found.lead, {}).setdefault(reason.found.rule, reason)
    persons = sorted(by_person, key=lambda person: (strongest[person], person.int))
    return [list(by_person[person].values()) for person in persons]


def _number(thing: UUID | None) -> int:
    return thing.int if thing else 0


def rows(ranked: Sequence[Sequence[Reason]], day: Day, planned: dict[UUID, FollowUp]) -> list[Row]:
    """With words; one query for the people."""
    leads = _leads([reasons[0].found.lead for reasons in ranked])
    return [
        Row(lead, [_said(reason, lead, planned, day) for reason in reasons])
        for reasons in ranked
        if (lead := leads.get(reasons[0].found.lead))
    ]


def planned_for(day: Day, ranked: Sequence[Sequence[Reason]]) -> dict[UUID, FollowUp]:
    """What the day holds, for the agenda, and what these people's reasons stand on."""
    ids = [
        reason.found.thing
        for reasons in ranked
        for reason in reasons
        if reason.rule.ends != "rest" and reason.found.thing
    ]
    wanted = Q(id__in=ids) | Q(due__gte=day.began, due__lt=day.ends)
    # What the people's reasons name, then what is still to come, then what is past.
    first = Case(When(id__in=ids, then=0), When(due__gte=day.now, then=1), default=2)
    found = followups.open_ones().filter(wanted).order_by(first, "due", "id").only(*OF_FOLLOW_UP)
    return {follow_up.id: follow_up for follow_up in found[: len(ids) + MOST_OF_THE_DAY]}


def _said(reason: Reason, lead: Lead, planned: dict[UUID, FollowUp], day: Day) -> Reason:
    follow_up = planned.get(reason.found.thing) if reason.found.thing else None
    words = reason.rule.say(Known(reason.found, lead, follow_up, day))
    return Reason(reason.rule, reason.weight, reason.found, words, follow_up)


def _leads(ids: list[UUID]) -> dict[UUID, Lead]:
    areas = LeadArea.objects.filter(lead=OuterRef("id")).order_by("area__name")
    found = Lead.objects.filter(id__in=ids).select_related("stage", "source").only(*FIELDS)
    return {lead.id: lead for lead in found.annotate(
        wanted_areas=ArraySubquery(areas.values("area__name")[:3]))}  # fmt: skip
