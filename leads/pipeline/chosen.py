"""The board of those who fit a filter: counted and ranked anew, since no tally knows of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from crm.lists.limits import TooSlow, within
from leads.models import Lead

Best = dict[int, list[tuple[UUID, int]]]
RANKED = ("stage_id", "id", "score")
# So long the best are looked for where they stand; one pass over a million takes twice as long.
RANKING_MS = 150


class Counted(NamedTuple):
    stage: int
    currency: str
    people: int
    worth: Decimal
    # Who came into the stage since the beginning of the month.
    came: int


def rows(only: Q, kinds: Sequence[str]) -> Any:
    return Lead.objects.present().filter(only, kind__in=kinds)


def counted(found: Any, since: dt.datetime) -> list[Counted]:
    worth = Coalesce("budget_max", "budget_min", Decimal(0))
    grouped = found.order_by().values("stage_id", "currency")
    came = Count("pk", filter=Q(stage_since__gte=since))
    told = grouped.annotate(people=Count("pk"), worth=Sum(worth), came=came)
    columns = ("stage_id", "currency", "people", "worth", "came")
    return [Counted(*row) for row in told.values_list(*columns)]


def best(found: Any, stages: Sequence[int], some: int) -> Best:
    """The first few of each stage, all in one statement: in the order of the board's index, which
    ends soon where many fit; where hardly anybody does, in one pass over all."""
    try:
        with within(RANKING_MS):
            return _ranked(found, stages, some)
    except TooSlow:
        return _passed(found, stages, some)


def further(found: Any, stage: int, after: tuple[int, UUID], some: int) -> Best:
    score, id = after
    beyond = Q(score__lt=score) | Q(score=score, id__gt=id)
    return best(found.filter(beyond), [stage], some)


def _ranked(found: Any, stages: Sequence[int], some: int) -> Best:
    parts = [
        found.filter(stage=stage).order_by("-score", "id").values_list(*RANKED)[:some]
        for stage in stages
    ]
    return _by_stage(stages, parts[0].union(*parts[1:], all=True) if parts else ())


def _passed(found: Any, stages: Sequence[int], some: int) -> Best:
    order = [F("score").desc(), F("id").asc()]
    place = Window(RowNumber(), partition_by=F("stage_id"), order_by=order)
    first = found.order_by().filter(stage__in=stages).annotate(place=place).filter(place__lte=some)
    return _by_stage(stages, first.values_list(*RANKED))


def _by_stage(stages: Sequence[int], told: Iterable[tuple[int, UUID, int]]) -> Best:
    ranked: Best = {stage: [] for stage in stages}
    for stage, lead, score in told:
        ranked[stage].append((lead, score))
    for few in ranked.values():
        few.sort(key=lambda one: (-one[1], one[0]))
    return ranked
