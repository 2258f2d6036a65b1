"""The board of those who fit a filter: counted and ranked anew, since no tally knows of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from leads.models import Lead

Best = dict[int, list[tuple[UUID, int]]]


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
    """The first few of each stage, all in one statement."""
    parts = [_ranked(found.filter(stage=stage))[:some] for stage in stages]
    ranked: Best = {stage: [] for stage in stages}
    for stage, lead, score in parts[0].union(*parts[1:], all=True) if parts else ():
        ranked[stage].append((lead, score))
    for few in ranked.values():
        few.sort(key=lambda one: (-one[1], one[0]))
    return ranked


def further(found: Any, stage: int, after: tuple[int, UUID], some: int) -> Best:
    score, id = after
    beyond = Q(score__lt=score) | Q(score=score, id__gt=id)
    return {stage: [row[1:] for row in _ranked(found.filter(beyond, stage=stage))[:some]]}


def _ranked(found: Any) -> Any:
    return found.order_by("-score", "id").values_list("stage_id", "id", "score")
