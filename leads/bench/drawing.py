"""What one made-up lead is: drawn first, written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from crm.bench.stage import Stage
from crm.vault.ids import uuid7
from leads.bench import names
from leads.models import Lead

SENTENCES = (
    *("Looks for a garden and a quiet street.", "Asked about parking and association dues."),
    *("Wants to see the roof deck on Saturday.", "The bank approved the loan last week."),
    *("Her husband joins by video from Manila.", "Prefers a condo near the office in Makati."),
    *("Will sell the townhouse before buying.", "Asked whether the access road floods."),
)
HEAVY = 10_000
OF_THIS_MONTH = 340
TALKS = ("call", "email", "text", "messenger", "showing", "visit", "note")
OUTCOMES = ("reached", "left_message", "no_answer", "")
KINDS = [Lead.Kind.values[min(number, 5)] for number in range(11)]


class Talk(NamedTuple):
    at: datetime
    kind: str
    way: str


@dataclass
class Drawn:
    id: UUID
    number: int
    name: tuple[str, str]
    stage: int
    arrived_at: datetime
    talks: list[Talk] = field(default_factory=list)
    due: datetime | None = None

    def last(self, way: str) -> datetime | None:
        return max((talk.at for talk in self.talks if talk.way == way), default=None)

    @property
    def touch(self) -> tuple[datetime | None, str]:
        counted = [(talk.at, talk.kind) for talk in self.talks if talk.kind != "note"]
        return max(counted, default=(None, ""))

    @property
    def first_attempt(self) -> datetime | None:
        return min((talk.at for talk in self.talks if talk.way == "out"), default=None)

    def unanswered_since(self, answered: datetime | None) -> datetime | None:
        return min(
            (talk.at for talk in self.talks if talk.way == "in" and _waits(talk, answered)),
            default=None,
        )


def _waits(talk: Talk, answered: datetime | None) -> bool:
    return talk.kind != "showing" and (answered is None or talk.at > answered)


def draw(stage: Stage, random: Random, first: int, ranks: list[int]) -> list[Drawn]:
    named = names.draw(random, len(ranks))
    return [
        _lead(stage, random, first + place, rank, named[place]) for place, rank in enumerate(ranks)
    ]


def _lead(stage: Stage, random: Random, number: int, rank: int, name: tuple[str, str]) -> Drawn:
    age = min(random.expovariate(1 / 300), 7000)
    arrived = stage.today - timedelta(days=age, seconds=number % 3600)
    lead = Drawn(uuid7(), number, name, rank, arrived)
    amount = HEAVY if number == 1 else min(int(random.paretovariate(1.25)) - 1, 40)
    since = age * 86_400
    for _ in range(amount):
        kind = TALKS[int(random.random() * len(TALKS))]
        way = "" if kind in ("visit", "note") else ("in", "out", "out")[int(random.random() * 3)]
        lead.talks.append(Talk(arrived + timedelta(seconds=random.random() * since), kind, way))
    lead.due = _due(stage, random, number)
    return lead


def _due(stage: Stage, random: Random, number: int) -> datetime | None:
    """Fifty today, fewer on each day that comes, some overdue, in working hours, however many
    people there are; the rest lies in years to come."""
    hours = timedelta(minutes=30 * random.randrange(24))
    if number < OF_THIS_MONTH:
        days = -random.randrange(1, 10) if number % 8 == 0 else int(random.expovariate(1 / 5))
        return stage.today + timedelta(days=days) + hours
    if random.random() < 0.1:
        return stage.today + timedelta(days=random.randrange(60, 2000)) + hours
    return None


def body(random: Random, talk: Talk) -> str:
    """Most say what many say; in some a word stands that few notes have."""
    if talk.kind != "note" and random.random() > 0.3:
        return ""
    said = random.choice(SENTENCES)
    if random.random() < 0.03:
        return f"{said} Knows the {random.choice(names.family())}s."
    return said
