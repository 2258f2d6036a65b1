"""The board: who stands where, what that is worth, and the best few of each stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from crm.models import Preferences
from crm.shell.money import short_money
from leads.models import Lead, Stage, StageTally
from leads.pipeline import cards
from leads.pipeline.cards import Card

A_LANE = 10
MOST_COUNTED = 1000
Kind = Lead.Kind
TABS: Mapping[str, tuple[str, Sequence[str]]] = {
    "buyers": ("Buyers", [Kind.BUYER, Kind.BOTH, Kind.INVESTOR]),
    "sellers": ("Sellers", [Kind.SELLER, Kind.BOTH]),
    "rentals": ("Rentals", [Kind.RENTER, Kind.LANDLORD]),
}

# The best of each kind in each stage, from one index, and of these the best.
BEST = """
SELECT stage.id, best.id, best.score FROM unnest(%s::bigint[]) stage (id)
CROSS JOIN LATERAL (
    SELECT few.id, few.score FROM unnest(%s::text[]) wanted (kind)
    CROSS JOIN LATERAL (
        SELECT l.id, l.score FROM leads_lead l
        WHERE l.state = 'present' AND l.stage_id = stage.id AND l.kind = wanted.kind
            AND l.score <= %s AND (l.score < %s OR l.id > %s)
        ORDER BY l.score DESC, l.id LIMIT %s) few
    ORDER BY few.score DESC, few.id LIMIT %s) best
"""

# Since the beginning of the month and still there: an undone move is none.
CAME = """
SELECT stage.id, came.count FROM unnest(%s::bigint[]) stage (id)
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT DISTINCT c.lead FROM (
            SELECT lead FROM leads_stage_change WHERE to_stage = stage.id AND at >= %s LIMIT %s) c
        JOIN leads_lead l ON l.id = c.lead AND l.stage_id = stage.id
            AND l.state = 'present' AND l.kind = ANY (%s::text[])) few) came
"""
NOBODY = cards.NOBODY
ABOVE_ALL = 101


@dataclass
class Lane:
    stage: Stage
    count: int = 0
    # By currency.
    worth: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    following: str = ""
    # Of a stage that ended: how many came this month, at most MOST_COUNTED.
    came: int = 0

    @property
    def sums(self) -> list[str]:
        return [short_money(worth, currency) for currency, worth in self.worth.items() if worth]

    @property
    def came_words(self) -> str:
        return f"{MOST_COUNTED - 1:,}+" if self.came >= MOST_COUNTED else str(self.came)


@dataclass(frozen=True)
class Board:
    tab: str
    lanes: list[Lane]
    ended: list[Lane]
    month: dt.date
    open: list[str]
    expected: list[str]


def board(tab: str, preferences: Preferences | None, *, with_cards: bool = True) -> Board:
    kinds = TABS[tab][1]
    lanes = _counted(Stage.objects.all(), kinds, preferences)
    going = [lane for lane in lanes if lane.stage.is_open]
    ended = [lane for lane in lanes if not lane.stage.is_open]
    if with_cards:
        _fill(going, kinds)
    month = timezone.localdate().replace(day=1)
    _count_came(ended, kinds, month)
    expected = _expected(going, preferences)
    return Board(tab, going, ended, month, _in_words(_summed(going)), _in_words(expected))


def _counted(
    stages: Iterable[Stage], kinds: Sequence[str], preferences: Preferences | None
) -> list[Lane]:
    lanes = {stage.id: Lane(stage) for stage in stages}
    rows = StageTally.objects.filter(kind__in=kinds).values_list("stage", "currency")
    home = preferences.currency if preferences else ""
    told = rows.annotate(people=Sum("leads"), sum=Sum("worth"))
    for stage, currency, people, worth in sorted(told, key=lambda row: (row[1] != home, row[1])):
        if stage in lanes:
            lanes[stage].count += people
            lanes[stage].worth[currency] = worth
    return list(lanes.values())


def _fill(lanes: Sequence[Lane], kinds: Sequence[str]) -> None:
    best = _best([lane.stage.id for lane in lanes], kinds)
    made = cards.of([id for found in best.values() for id, _ in found[:A_LANE]])
    for lane in lanes:
        _put(lane, best[lane.stage.id], made)


def _put(lane: Lane, best: Sequence[tuple[UUID, int]], made: Mapping[UUID, Card]) -> None:
    shown = best[:A_LANE]
    lane.cards = [made[id] for id, _ in shown if id in made]
    if len(best) > A_LANE:
        last, score = shown[-1]
        lane.following = f"{score}-{last}"


def _best(
    stages: Sequence[int], kinds: Sequence[str], after: tuple[int, UUID] = (ABOVE_ALL, NOBODY)
) -> dict[int, list[tuple[UUID, int]]]:
    found: dict[int, list[tuple[UUID, int]]] = {stage: [] for stage in stages}
    score, id = after
    some = A_LANE + 1
    with connection.cursor() as cursor:
        cursor.execute(BEST, [list(stages), list(kinds), score, score, id, some, some])
        for stage, lead, points in cursor.fetchall():
            found[stage].append((lead, points))
    return found


def more(stage: Stage, tab: str, after: str) -> Lane:
    """The following cards of one lane."""
    kinds = TABS[tab][1]
    lane = Lane(stage)
    best = _best([stage.id], kinds, _place(after))[stage.id]
    _put(lane, best, cards.of([id for id, _ in best[:A_LANE]]))
    return lane


def _place(after: str) -> tuple[int, UUID]:
    score, _, id = after.partition("-")
    try:
        return int(score[:4]), UUID(id)
    except ValueError:
        return ABOVE_ALL, NOBODY


def _count_came(lanes: Sequence[Lane], kinds: Sequence[str], month: dt.date) -> None:
    start = timezone.make_aware(dt.datetime.combine(month, dt.time()))
    stages = [lane.stage.id for lane in lanes]
    with connection.cursor() as cursor:
        cursor.execute(CAME, [stages, start, MOST_COUNTED, list(kinds)])
        came = dict(cursor.fetchall())
    for lane in lanes:
        lane.came = came.get(lane.stage.id, 0)


def _summed(lanes: Sequence[Lane]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for lane in lanes:
        for currency, worth in lane.worth.items():
            sums[currency] = sums.get(currency, Decimal(0)) + worth
    return sums


def _expected(lanes: Sequence[Lane], preferences: Preferences | None) -> dict[str, Decimal]:
    """What would be earned if each stage closed as often as it is likely to."""
    share: Any = preferences.commission_percent if preferences else Decimal(0)
    sums: dict[str, Decimal] = {}
    for lane in lanes:
        likely = Decimal(lane.stage.likely_percent) / 100
        for currency, worth in lane.worth.items():
            earned = worth * likely * share / 100
            sums[currency] = sums.get(currency, Decimal(0)) + earned
    return sums


def _in_words(sums: Mapping[str, Decimal]) -> list[str]:
    return [short_money(sum, currency) for currency, sum in sums.items() if sum]
