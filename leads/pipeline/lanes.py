"""The board: who stands where, what that is worth, and the best few of each stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from crm.lists.limits import PAGE_MS, TooSlow, within
from crm.models import Preferences
from crm.shell.money import short_money
from leads.models import Lead, Stage, StageTally
from leads.pipeline import cards, chosen
from leads.pipeline.cards import Card

A_LANE = 10
MOST_COUNTED = 1000
# As long as nobody notices; else the counts are asked for once the cards are there.
QUICK_MS = 60
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
NOBODY = UUID(int=0)
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
    # More of it took longer than a page waits.
    too_slow: bool = False

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
    # The filter needs longer than a page waits: nobody is shown.
    too_slow: bool = False
    # Under a filter all who fit have to be counted; where that isn't quick, the cards come first.
    counted: bool = True


def board(
    tab: str,
    preferences: Preferences | None,
    *,
    with_cards: bool = True,
    only: Q | None = None,
    counting_ms: int | None = None,
) -> Board:
    """Everybody of the tab, or only those who fit a filter, counted if that takes no longer."""
    kinds, month = TABS[tab][1], timezone.localdate().replace(day=1)
    stages, too_slow, counted = list(Stage.objects.all()), False, True
    if only is None:
        lanes = _everybody(stages, kinds, preferences, month, with_cards=with_cards)
    else:
        found, lanes = chosen.rows(only, kinds), [Lane(stage) for stage in stages]
        try:
            with within(counting_ms or QUICK_MS):
                _count_only(lanes, found, preferences, month)
        except TooSlow:
            counted = False
        try:
            with within(PAGE_MS):
                if with_cards:
                    _fill_only(lanes, found)
        except TooSlow:
            too_slow = True
    going = [lane for lane in lanes if lane.stage.is_open]
    ended = [lane for lane in lanes if not lane.stage.is_open]
    expected = _in_words(_expected(going, preferences))
    summed = _in_words(_summed(going))
    return Board(tab, going, ended, month, summed, expected, too_slow, counted)


def _everybody(
    stages: Sequence[Stage],
    kinds: Sequence[str],
    preferences: Preferences | None,
    month: dt.date,
    *,
    with_cards: bool,
) -> list[Lane]:
    lanes = _counted(stages, kinds, preferences)
    if with_cards:
        going = [lane for lane in lanes if lane.stage.is_open]
        _fill(going, _best([lane.stage.id for lane in going], kinds))
    _count_came([lane for lane in lanes if not lane.stage.is_open], kinds, month)
    return lanes


def _count_only(
    lanes: Sequence[Lane], found: Any, preferences: Preferences | None, month: dt.date
) -> None:
    by_stage = {lane.stage.id: lane for lane in lanes}
    home = preferences.currency if preferences else ""
    told = chosen.counted(found, _start(month))
    for one in sorted(told, key=lambda one: (one.currency != home, one.currency)):
        lane = by_stage[one.stage]
        lane.count, lane.came = lane.count + one.people, lane.came + one.came
        lane.worth[one.currency] = one.worth


def _fill_only(lanes: Sequence[Lane], found: Any) -> None:
    going = [lane for lane in lanes if lane.stage.is_open]
    _fill(going, chosen.best(found, [lane.stage.id for lane in going], A_LANE + 1))


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


def _fill(lanes: Sequence[Lane], best: Mapping[int, Sequence[tuple[UUID, int]]]) -> None:
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


def more(stage: Stage, tab: str, after: str, *, only: Q | None = None) -> Lane:
    """The following cards of one lane."""
    kinds, place = TABS[tab][1], _place(after)
    lane = Lane(stage)
    if only is None:
        best = _best([stage.id], kinds, place)[stage.id]
    else:
        try:
            with within(PAGE_MS):
                found = chosen.rows(only, kinds)
                best = chosen.further(found, stage.id, place, A_LANE + 1)[stage.id]
        except TooSlow:
            return Lane(stage, following=after, too_slow=True)
    _put(lane, best, cards.of([id for id, _ in best[:A_LANE]]))
    return lane


def _place(after: str) -> tuple[int, UUID]:
    score, _, id = after.partition("-")
    try:
        return int(score[:4]), UUID(id)
    except ValueError:
        return ABOVE_ALL, NOBODY


def _count_came(lanes: Sequence[Lane], kinds: Sequence[str], month: dt.date) -> None:
    stages = [lane.stage.id for lane in lanes]
    with connection.cursor() as cursor:
        cursor.execute(CAME, [stages, _start(month), MOST_COUNTED, list(kinds)])
        came = dict(cursor.fetchall())
    for lane in lanes:
        lane.came = came.get(lane.stage.id, 0)


def _start(month: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(month, dt.time()))


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
