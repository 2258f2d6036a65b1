"""The table by which leads are scored. Everyone starts at 30; each rule adds or takes its points.

A rule reads facts and says how much of its points it gives and which fact its words name. The
owner may give any rule other points, 0 to switch it off (ScoreWeight).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leads.models import Stage
from leads.scoring import judging
from leads.scoring.facts import Facts
from leads.scoring.judging import Fact, Judged

START = 30
# Raise it when a rule comes, goes or judges otherwise: everybody is then scored anew.
VERSION = 1

Words = Callable[[Fact], str]


@dataclass(frozen=True)
class Rule:
    name: str
    label: str
    points: int
    judge: Callable[[Facts], Judged]
    words: Words
    reads: str


def said(sentence: str) -> Words:
    return lambda fact: sentence.format(fact)


def named(**sentences: str) -> Words:
    return lambda fact: sentences.get(str(fact), str(fact))


def counted(once: str, often: str) -> Words:
    return lambda fact: once if fact == 1 else often.format(fact)


def days(sentences: dict[int, str]) -> Words:
    return lambda fact: sentences.get(int(fact), str(fact))


def in_stage(fact: Fact) -> str:
    return f"Stage: {Stage.Kind(str(fact)).label}"


# name, what it is called, points, how it judges, its words, what it reads
RULES = (
    Rule("recent", "A sign of life", 8, judging.recent,
         days({1: "In touch within a day", 7: "In touch this week", 30: "In touch this month"}),
         "When they last wrote, called, were reached or looked at a home. Full points within a "
         "day, 60% within a week, 25% within a month."),
    Rule("replies", "Answers", 8, judging.replies,
         counted("Wrote or called once in 30 days", "Wrote or called {} times in 30 days"),
         "How often they wrote or called in 30 days: a quarter for each, up to 4."),
    Rule("speed", "Quick answers", 10, judging.speed,
         named(hour="Answers within the hour", day="Answers within a day"),
         "How long they usually take to answer you, over 90 days. Half for within a day."),
    Rule("moving", "Time frame", 10, judging.moving,
         named(immediate="Moving within 3 months", planning="Moving within 6 months",
               researching="Still researching", dreaming="Dreaming, some day"),
         "Full points for 3 months, half for 6, some off for dreaming."),
    Rule("budget", "Budget known", 4, judging.budget, said("Budget known"),
         "Whether a budget is written down."),
    Rule("source", "Where they came from", 8, judging.source,
         said("{}% of their source buy"),
         "How many leads of their source closed, against all sources; a source of few leads "
         "counts as usual."),
    Rule("viewed", "Looked at one home often", 14, judging.viewed,
         counted("Viewed a home once", "Viewed a home {} times"),
         "How often they opened the same home in 30 days; full points from 4 times."),
    Rule("asked", "Asked about homes", 6, judging.asked,
         counted("Asked about a home", "Asked about {} homes"),
         "Which homes their messages and calls were about, over 90 days."),
    Rule("showings", "Went to see homes", 10, judging.showings,
         counted("Went to see a home", "Went to see {} homes"),
         "Showings that took place, over 90 days."),
    Rule("loved", "Loved a home", 5, judging.loved, said("Loved a home"),
         "What you noted after a showing."),
    Rule("missed", "Missed a showing", -8, judging.missed, said("Did not come to a showing"),
         "Showings to which they did not come, over 90 days."),
    Rule("mood", "How they sounded", 4, judging.mood,
         named(good="Warm when you last spoke", bad="Cold when you last spoke"),
         "The last mood that you noted; points off when it was cold."),
    Rule("stage", "Stage", 18, judging.stage, in_stage,
         "How far they are: 30% when qualified, 50% at showings, 80% with an offer."),
    Rule("referred", "Referred", 6, judging.referred, said("Referred by someone you know"),
         "Whether somebody among your people sent them."),
    Rule("tries", "Tries without an answer", -10, judging.tries,
         days({3: "3 tries without an answer", 5: "5 tries or more without an answer"}),
         "How often you tried since they last answered: half from 3, all from 5."),
    Rule("silence", "Silence", -20, judging.silence,
         days({21: "Silent for 3 weeks", 45: "Silent for 6 weeks", 90: "Silent for 3 months"}),
         "How long since either of you spoke: 30% after 3 weeks, 60% after 6, all after 3 months."),
    Rule("ended", "Bought, in nurture or lost", -40, judging.ended,
         named(closed="Bought already", nurture="In nurture", lost="Lost"),
         "A quarter when they bought, 40% in nurture, all when lost."),
    Rule("do_not_contact", "Do not contact", -60, judging.do_not_contact,
         said("Asked not to be contacted"), "Whether they asked to be left alone."),
)  # fmt: skip

BY_NAME = {rule.name: rule for rule in RULES}


def words(rule: str, fact: Fact) -> str:
    """Of a rule that this version no longer has, its name."""
    known = BY_NAME.get(rule)
    return known.words(fact) if known else rule
