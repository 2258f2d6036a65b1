"""What scoring holds on a person, for their rights (crm/keep)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from crm.keep.registry import Holding, Row, register_holding
from leads.models import Score
from leads.people.rights import exporting
from leads.scoring.queries import bars
from leads.scoring.scorer import Contribution


def register() -> None:
    register_holding(Holding("scores", "Scores", _find, _tell, _erase))


def _find(subject: UUID) -> list[QuerySet[Any]]:
    return [Score.objects.filter(lead=subject).order_by("id")]


def _tell(found: Sequence[Score]) -> list[Row]:
    told = exporting.rows(found, but=["lead", "reasons"])
    return [row | _reasons(score) for row, score in zip(told, found, strict=True)]


def _reasons(score: Score) -> Row:
    """As the panel says them, rather than by the names of rules."""
    drawn = bars([Contribution(*reason) for reason in score.reasons])
    return {"Reasons": [f"{bar.words} {bar.signed}" for bar in drawn]} if drawn else {}


def _erase(subject: UUID) -> int:
    return int(Score.objects.filter(lead=subject).delete()[0])
