"""All that the page shows, read in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from crm.models import Preferences
from crm.shell import money
from leads.followups import words
from leads.models import ContactPoint, FollowUp, Interaction, Lead
from leads.people import walking
from leads.people.queries import Way, way
from leads.today import numbers
from leads.today.day import Day
from leads.today.greeting import greeting
from leads.today.numbers import Answers, Figures, Pacing
from leads.today.queue import Queue, Row, queue
from leads.today.saying import ANSWER_WITHIN
from leads.today.street import Street

QUOTED = ("new", "unanswered")
LONGEST_QUOTE = 280
SHOWN_OF_AGENDA, SHOWN_OF_TOMORROW = 7, 5
USUAL = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Lit:
    """The one thing to do now."""

    row: Row
    wants: str
    phone: Way | None
    quote: str
    seconds_left: int | None

    @property
    def arc(self) -> int:
        """How much of the five minutes is left, percent."""
        left = self.seconds_left or 0
        return round(left / ANSWER_WITHIN.total_seconds() * 100)

    @property
    def countdown(self) -> str:
        minutes, seconds = divmod(self.seconds_left or 0, 60)
        return f"{minutes}:{seconds:02}"


def lit(row: Row, day: Day) -> Lit:
    return Lit(row, wants(row.lead), _phone(row.lead.id), _quote(row), _seconds_left(row, day))


def wants(lead: Lead) -> str:
    """ "3+ bedrooms, Lahug or Banilad, ₱8-10M" """
    bedrooms = f"{lead.bedrooms_min}+ bedrooms" if lead.bedrooms_min else ""
    areas = " or ".join(getattr(lead, "wanted_areas", []))
    budget = money.short_range(lead.budget_min, lead.budget_max, lead.currency)
    return ", ".join(filter(None, (bedrooms, areas, budget)))


def _phone(lead: UUID) -> Way | None:
    points = ContactPoint.objects.filter(lead=lead, kind=ContactPoint.Kind.PHONE, bounced_at=None)
    found = points.order_by("-is_primary", "id").first()
    return way(found) if found else None


def _quote(row: Row) -> str:
    """What they wrote last, where it waits for an answer."""
    if row.first.rule.name not in QUOTED:
        return ""
    said = Interaction.objects.filter(lead=row.lead, direction=Interaction.Direction.IN)
    last = said.order_by("-at", "-id").first()
    text = " ".join(last.body.split()) if last else ""
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rstrip()}…"


def _seconds_left(row: Row, day: Day) -> int | None:
    if row.first.rule.name != "new":
        return None
    left = (row.lead.arrived_at + ANSWER_WITHIN - day.now).total_seconds()
    return int(left) if left > 0 else None


@dataclass(frozen=True)
class Entry:
    """A line of the agenda; without words it is the line of now."""

    at: dt.datetime | None
    bold: str = ""
    rest: str = ""
    tone: str = ""
    url: str = ""


@dataclass
class Agenda:
    entries: list[Entry]
    more: int
    showings: int


def agenda(day: Day, found: Sequence[FollowUp]) -> Agenda:
    whole = [_entry(one) for one in found if one.all_day]
    timed = [one for one in found if not one.all_day]
    gone = [_entry(one) for one in timed if one.due < day.now]
    ahead = [_entry(one) for one in timed if one.due >= day.now]
    # What is past is dropped first: the day goes on from now.
    room = max(0, SHOWN_OF_AGENDA - len(whole) - len(ahead))
    kept = gone[len(gone) - min(room, len(gone)) :]
    shown = [*whole, *kept, Entry(day.now), *ahead]
    cut = shown[: SHOWN_OF_AGENDA + 1]
    showings = sum(one.kind == FollowUp.Kind.SHOWING for one in timed)
    return Agenda([*cut, *_free(timed, cut, shown, day.now)], len(shown) - len(cut), showings)


def _free(
    timed: list[FollowUp], cut: list[Entry], shown: list[Entry], now: dt.datetime
) -> list[Entry]:
    """After the last of the day, where it is known how long that takes and it is still to come."""
    if not timed or len(cut) < len(shown) or not timed[-1].minutes:
        return []
    since = timed[-1].due + dt.timedelta(minutes=timed[-1].minutes)
    return [Entry(since, rest="Free")] if since >= now else []


def _entry(follow_up: FollowUp) -> Entry:
    showing = follow_up.kind in (FollowUp.Kind.SHOWING, FollowUp.Kind.MEETING)
    minutes = f"{follow_up.minutes} min" if follow_up.minutes else ""
    return Entry(
        at=None if follow_up.all_day else follow_up.due,
        bold=follow_up.headline,
        rest=", ".join(filter(None, (follow_up.subject, minutes))),
        tone="dusk" if showing else "",
        url=words.address(follow_up),
    )


class Page:
    """What the templates ask for; each thing is read once, when it is asked for."""

    def __init__(self, day: Day, preferences: Preferences) -> None:
        self.day, self.preferences = day, preferences

    @property
    def date(self) -> dt.date:
        return self.day.date

    @property
    def greeting(self) -> str:
        if not self.queue.people and self.figures.reached:
            return "Well done"
        return greeting(self.day.now.astimezone(self.day.zone))

    @cached_property
    def queue(self) -> Queue:
        return queue(self.day)

    @cached_property
    def lit(self) -> Lit | None:
        return lit(self.queue.rows[0], self.day) if self.queue.rows else None

    @property
    def line(self) -> list[Row]:
        return self.queue.rows[1:]

    @property
    def walk(self) -> str:
        """What a person's page is told, so that it leads on to the next in line."""
        return walking.of_the_day([row.lead.id for row in self.queue.rows])

    @property
    def hidden(self) -> int:
        return self.queue.people - len(self.queue.rows)

    @cached_property
    def agenda(self) -> Agenda:
        return agenda(self.day, self.queue.planned)

    @cached_property
    def figures(self) -> Figures:
        return numbers.figures(self.day)

    @property
    def pacing(self) -> Pacing:
        return numbers.pacing(self.figures, self.day, self.preferences)

    @property
    def answers(self) -> Answers:
        return numbers.answers(self.figures, self.preferences)

    @property
    def street(self) -> Street:
        """Who was reached and is not waiting again, and who waits."""
        reached = len(self.figures.reached - self.queue.waiting)
        return Street(reached, reached + self.queue.people)

    @property
    def deal_of(self) -> str:
        """Whose deal is due, for the sentence at the top."""
        found = (row.lead.first_name for row in self.queue.rows
                 if any(reason.rule.name == "deal" for reason in row.reasons))  # fmt: skip
        return next(found, "")

    @cached_property
    def tomorrow(self) -> Queue | None:
        """How the next day begins; only asked for when this one is done."""
        if self.queue.people:
            return None
        start = self.preferences.working_hours_start
        opens = dt.timedelta(hours=start.hour, minutes=start.minute)
        return queue(Day(self.day.after(1) + opens, self.day.zone), shown=SHOWN_OF_TOMORROW)


def context(page: Page) -> dict[str, Any]:
    return {"page": page}
