"""Who scores. A learned model takes the table's place by saying the same: which rule, how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from leads.models import ScoreWeight
from leads.scoring import rules
from leads.scoring.facts import Facts
from leads.scoring.judging import Fact


class Contribution(NamedTuple):
    rule: str
    points: int
    fact: Fact = ""

    @property
    def words(self) -> str:
        return rules.words(self.rule, self.fact)


class Scorer(Protocol):
    def contributions(self, facts: Facts) -> list[Contribution]:
        """What moved the score away from where everyone starts, the weightiest first."""


class Table:
    """Scores by the table of rules, with the owner's points where they chose others."""

    def __init__(self, chosen: Mapping[str, int] | None = None) -> None:
        chosen = chosen or {}
        self.rules = [(rule, chosen.get(rule.name, rule.points)) for rule in rules.RULES]

    def contributions(self, facts: Facts) -> list[Contribution]:
        found = [
            Contribution(rule.name, points, judged[1])
            for rule, full in self.rules
            if full and (judged := rule.judge(facts)) and (points := round(full * judged[0]))
        ]
        return sorted(found, key=lambda each: -abs(each.points))


def score_of(contributions: list[Contribution]) -> int:
    return max(0, min(100, rules.START + sum(each.points for each in contributions)))


def current() -> Scorer:
    return Table(dict(ScoreWeight.objects.values_list("rule", "points")))
