"""A board with somebody in every lane."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from leads.models import Lead, Stage
from leads.pipeline.lanes import Board, Lane
from tests.leads.factories import a_follow_up, a_lead


def on_the_board(name: str = "Dana Whitfield", *, score: int = 0, **values: Any) -> Lead:
    lead = a_lead(name, **{"budget_max": Decimal(9_850_000), **values})
    Lead.objects.filter(id=lead.id).update(score=score)
    lead.refresh_from_db()
    return lead


def a_board() -> None:
    names = (
        "Jasmine Uy", "Aileen Santos", "Patricia Lim", "Miguel Navarro", "Grace Tolentino",
        "Paolo Enriquez", "Kevin O'Brien", "Hannah Brooks",
        "Maria-Lourdes de los Santos y Villanueva-Ocampo",
    )  # fmt: skip
    for number, (stage, name) in enumerate(zip(Stage.objects.all(), names, strict=False)):
        for other in range(3 if number % 2 else 14):
            score = (number * 13 + other * 7) % 100
            lead = on_the_board(
                name if not other else f"{name} {other}", stage=stage.kind, score=score
            )
            if other % 3 == 1:
                a_follow_up(lead, timezone.now() + timedelta(days=other - 2))


def the_lane(board: Board, kind: str) -> Lane:
    return next(lane for lane in [*board.lanes, *board.ended] if lane.stage.kind == kind)


def stage(kind: str) -> Stage:
    return Stage.objects.first_of(kind)
