from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.models import Trail
from crm.runtime.ticks import poke
from leads.models import ScoreWalk, ScoreWeight
from leads.scoring import facts_sql
from leads.scoring.facts import Facts, read
from leads.scoring.rules import RULES, VERSION
from leads.scoring.scorer import Scorer, current, score_of

TICK = "leads.score"
AT_ONCE = 500


def score(*, leads: Sequence[UUID], now: dt.datetime | None = None) -> int:
    """Score these, however many; gives how many are now other than before."""
    scorer, moment = current(), now or timezone.now()
    wanted = sorted(set(leads))
    return sum(
        _score_some(wanted[start : start + AT_ONCE], scorer, moment)
        for start in range(0, len(wanted), AT_ONCE)
    )


@transaction.atomic
def _score_some(leads: Sequence[UUID], scorer: Scorer, now: dt.datetime) -> int:
    # Of two at once the one who reads later saves later.
    with connection.cursor() as cursor:
        cursor.execute(facts_sql.HOLD, [list(leads)])
    known = read(leads, now=now)
    return _save(known, scorer, now) if known else 0


def _save(known: list[Facts], scorer: Scorer, now: dt.datetime) -> int:
    made = [(facts, scorer.contributions(facts)) for facts in known]
    values: dict[str, Any] = {
        "leads": [facts.lead for facts, _ in made],
        "scores": [score_of(contributions) for _, contributions in made],
        "reasons": [json.dumps(contributions) for _, contributions in made],
        "ages": [facts.ages_at() for facts, _ in made],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(facts_sql.SAVE, values)
        return int(cursor.fetchone()[0])


def scores(*, leads: Sequence[UUID], now: dt.datetime | None = None) -> Iterator[tuple[UUID, int]]:
    """What they would score, without writing anything down."""
    scorer, moment = current(), now or timezone.now()
    for start in range(0, len(leads), AT_ONCE):
        for facts in read(leads[start : start + AT_ONCE], now=moment):
            yield facts.lead, score_of(scorer.contributions(facts))


@transaction.atomic
def save_points(*, points: Mapping[str, int]) -> UUID | None:
    """Keep what differs from the rules' own points; everyone is scored anew, little by little."""
    before = dict(ScoreWeight.objects.values_list("rule", "points"))
    own = {rule.name: rule.points for rule in RULES}
    chosen = {rule: value for rule, value in points.items() if value != own.get(rule)}
    if chosen == before:
        return None
    with operation("Change the points of scores") as done:
        ScoreWeight.objects.exclude(rule__in=chosen).delete()
        for rule, value in chosen.items():
            if before.get(rule) != value:
                ScoreWeight.objects.update_or_create(rule=rule, defaults={"points": value})
    score_everybody()
    return done


def score_what_came_back(undo: UUID) -> None:
    """Whom an undo touched is scored by the next tick; everybody, where points came back."""
    changes = Trail.objects.of_operation(undo)
    if changes.filter(table_name=ScoreWeight._meta.db_table).exists():
        score_everybody()
        return
    with connection.cursor() as cursor:
        cursor.execute(facts_sql.DUE_AFTER_AN_UNDO, [undo])
    poke(TICK)


@transaction.atomic
def score_everybody() -> None:
    """Begin a walk over all leads, which the tick goes on with in its own time."""
    beginning = {"version": VERSION, "begun_at": timezone.now(), "after": UUID(int=0)}
    ScoreWalk.objects.update_or_create(id=1, defaults={**beginning, "ended_at": None})
    poke(TICK)


@transaction.atomic
def count_sources() -> None:
    with connection.cursor() as cursor:
        cursor.execute(facts_sql.COUNT_SOURCES)
