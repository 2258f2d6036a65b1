"""What one made-up lead is: drawn first, written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from crm.bench.stage import Stage
from crm.vault.ids import uuid7
from leads.models import Lead

GIVEN = (
    *("Ana", "Ramon", "Liza", "Jun", "Carla", "Miguel", "Tess", "Noel", "Grace", "Paolo", "Aileen"),
    *("Kevin", "Hannah", "Patricia", "Dana", "Jasmine", "Rowena", "Marcus", "Noemi", "Elena"),
)
FAMILY = (
    *("Santos", "Reyes", "Cruz", "dela Cruz", "Bautista", "Ocampo", "García", "Mendoza", "Torres"),
    *("Uy", "Lim", "Tan", "Villareal", "Navarro", "Whitfield", "Tolentino", "O'Brien", "Peña"),
)
SENTENCES = (
    *("Looks for a garden and a quiet street.", "Asked about parking and association dues."),
    *("Wants to see the roof deck on Saturday.", "The bank approved the loan last week."),
    *("Her husband joins by video from Manila.", "Prefers a condo near the office in Makati."),
    *("Will sell the townhouse before buying.", "Asked whether the access road floods."),
)
HEAVY = 10_000
TALKS = ("call", "email", "text", "messenger", "visit", "note")
OUTCOMES = ("reached", "left_message", "no_answer", "")


@dataclass
class Drawn:
    id: UUID
    number: int
    name: str
    stage: int
    arrived_at: datetime
    talks: list[tuple[datetime, str, str]] = field(default_factory=list)
    due: datetime | None = None

    def last(self, *directions: str) -> datetime | None:
        return max((at for at, _, way in self.talks if way in directions), default=None)

    @property
    def touch(self) -> tuple[datetime | None, str]:
        counted = [(at, kind) for at, kind, _ in self.talks if kind != "note"]
        return max(counted, default=(None, ""))

    @property
    def first_attempt(self) -> datetime | None:
        tries = [at for at, _, way in self.talks if way == "out" and at >= self.arrived_at]
        return min(tries, default=None)

    @property
    def unanswered_since(self) -> datetime | None:
        answered = self.last("out")
        waiting = [
            at for at, _, way in self.talks if way == "in" and (answered is None or at > answered)
        ]
        return min(waiting, default=None)


def draw(stage: Stage, random: Random, number: int, rank: int) -> Drawn:
    arrived = stage.today - timedelta(days=random.expovariate(1 / 300), seconds=number % 3600)
    name = f"{random.choice(GIVEN)} {random.choice(FAMILY)} {number}"
    lead = Drawn(uuid7(), number, name, rank, arrived)
    amount = HEAVY if number == 1 else min(int(random.paretovariate(1.25)) - 1, 40)
    since = (stage.today - arrived).total_seconds()
    for _ in range(amount):
        kind = random.choice(TALKS)
        way = "" if kind in ("visit", "note") else random.choice(("in", "out", "out"))
        lead.talks.append((arrived + timedelta(seconds=random.random() * since), kind, way))
    if random.random() < 0.2:
        lead.due = stage.today + timedelta(hours=random.gauss(72, 96))
    return lead


def kind_of(number: int) -> str:
    return str(Lead.Kind.values[min(number % 11, 5)])
