"""The table of reasons for which somebody stands in Today.

Every person stands there once, by their strongest reason; the others are told beside it. The queue
is ordered by weight, then by how pressing the reason is. The owner may give any reason another
weight, 0 to switch it off (TodayWeight). Rooms above or beside add reasons of their own by
`register`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

from leads.models import FollowUp, Lead
from leads.today import finding, saying
from leads.today.day import Day
from leads.today.finding import Arm
from leads.today.saying import Said

Tone = Literal["now", "good", "bad", "hot", "dusk", ""]
# What Done does with a reason: ends what was due, says that the showing stands, or lets it rest.
Ends = Literal["finish", "confirm", "rest"]


class Found(NamedTuple):
    """That a reason holds for somebody, as it was found: hundreds a page, so made cheaply."""

    rule: str
    lead: UUID
    at: dt.datetime | None
    thing: UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What the words of a reason are made of."""

    found: Found
    lead: Lead
    follow_up: FollowUp | None
    day: Day


@dataclass(frozen=True)
class Rule:
    name: str
    label: str
    weight: int
    icon: str
    find: Callable[[Day], Iterator[Arm]]
    say: Callable[[Any], Said]
    reads: str
    ends: Ends = "rest"
    # For how many days Done lets it rest.
    rests: int = 1
    # Whether the later moment presses more: who has just written is still at their phone.
    newest_first: bool = False


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    _rules[rule.name] = rule


def rules() -> list[Rule]:
    """The weightiest first, as long as nobody chose otherwise."""
    return sorted(_rules.values(), key=lambda rule: (-rule.weight, rule.name))


def find(name: str) -> Rule:
    return _rules[name]


# name, what it is called, weight, icon, where it is found, its words, what it reads
RULES = (
    Rule("new", "New leads", 100, "zap", finding.new, saying.new,
         "Who came within 14 days, is still at the first stage, and whom nobody has tried to "
         "reach. The aim is an answer within 5 minutes.", newest_first=True),
    Rule("unanswered", "Replies that wait for you", 90, "message-circle", finding.unanswered,
         saying.unanswered,
         "Who wrote or called within 14 days and has heard nothing from you since.",
         rests=30, newest_first=True),
    Rule("due", "Follow-ups due today", 80, "clock", finding.due, saying.due,
         "What you planned for today, by its time. A showing comes here when its time has passed.",
         ends="finish"),
    Rule("showing", "Showings to confirm", 75, "house", finding.showing, saying.showing,
         "Showings of today and tomorrow that nobody has confirmed.", ends="confirm"),
    Rule("quiet", "Hot and gone quiet", 70, "flame", finding.quiet, saying.quiet,
         "A score of 75 or more, nothing said for 5 days, and nothing planned.",
         rests=7, newest_first=True),
    Rule("deal", "Deals whose date is due", 60, "signature", finding.deal, saying.deal,
         "Open and reserved deals that were expected by today.", newest_first=True),
    Rule("overdue", "Overdue follow-ups", 50, "circle-alert", finding.overdue, saying.overdue,
         "What was planned for an earlier day and is still open, the latest first.",
         ends="finish", newest_first=True),
    Rule("birthday", "Birthdays", 40, "cake", finding.birthday, saying.birthday,
         "The birthday today or within 3 days past, of those whom your rules of keeping in touch "
         "name.", rests=30),
    Rule("anniversary", "Home anniversaries", 35, "house-heart", finding.anniversary,
         saying.anniversary,
         "A full year in their home, today or within 3 days past, by the same rules.", rests=30),
    Rule("keep_in_touch", "Keeping in touch", 30, "users", finding.keep_in_touch,
         saying.keep_in_touch,
         "Nobody said anything for as long as your rules of keeping in touch allow, and nothing "
         "is planned.", rests=30),
)  # fmt: skip


def register_all() -> None:
    for rule in RULES:
        register(rule)
