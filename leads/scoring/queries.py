from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from leads.models import Lead, Score
from leads.scoring.bands import Band, band
from leads.scoring.scorer import Contribution

WEEK = dt.timedelta(days=7)
# Where the bars of the panel begin, and how wide a point is unless there are very many.
ZERO, WIDE = 38.0, 2.4


@dataclass(frozen=True)
class Bar:
    """A contribution as it is drawn: percent of its place."""

    words: str
    points: int
    x: float
    width: float

    @property
    def tone(self) -> str:
        return "good" if self.points > 0 else "bad"

    @property
    def signed(self) -> str:
        return f"+{self.points}" if self.points > 0 else f"\N{MINUS SIGN}{-self.points}"


@dataclass(frozen=True)
class ScorePanel:
    score: int
    band: Band
    bars: list[Bar]
    change: int

    @property
    def distance(self) -> int:
        return abs(self.change)


def bars(contributions: list[Contribution]) -> list[Bar]:
    most = max((each.points for each in contributions), default=0)
    least = -min((each.points for each in contributions), default=0)
    point = min(WIDE, (100 - ZERO) / max(most, 1), ZERO / max(least, 1))
    return [_bar(each, point) for each in contributions]


def _bar(each: Contribution, point: float) -> Bar:
    width = round(abs(each.points) * point, 2)
    return Bar(each.words, each.points, ZERO if each.points > 0 else ZERO - width, width)


def panel(lead: Lead) -> ScorePanel:
    contributions = [Contribution(*reason) for reason in lead.score_reasons]
    return ScorePanel(lead.score, band(lead.score), bars(contributions), change_this_week(lead))


def change_this_week(lead: Lead, *, now: dt.datetime | None = None) -> int:
    """Against the score of a week ago; a lead that is newer is compared with its first."""
    before = _score_at(lead.id, (now or timezone.now()) - WEEK)
    return lead.score - before if before is not None else 0


def _score_at(lead: UUID, moment: dt.datetime) -> int | None:
    history = Score.objects.filter(lead=lead)
    found = history.filter(at__lte=moment).order_by("-at", "-id").first()
    found = found or history.order_by("at", "id").first()
    return found.score if found else None
