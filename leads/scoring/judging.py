"""How each rule judges: how much of its points, from -1 to 1, and the fact that it says.

A fact is rounded to what its words need, so that a score does not change with every second.
"""

from __future__ import annotations

from typing import TypeAlias

from leads.models import Lead, Stage
from leads.scoring.facts import SIGN_STEPS, SILENCE_STEPS, Facts

Fact: TypeAlias = "int | str"
Judged: TypeAlias = "tuple[float, Fact] | None"

HOUR, DAY = 3600, 86_400
# As many leads of a source as it takes to believe half of what its own record says.
BELIEVED = 20


def recent(facts: Facts) -> Judged:
    shares = dict(zip(SIGN_STEPS, (1.0, 0.6, 0.25), strict=True))
    if facts.last_sign_at is None:
        return None
    gone = (facts.now - facts.last_sign_at).total_seconds()
    step = next((days for days in SIGN_STEPS if gone < days * DAY), None)
    return (shares[step], step) if step else None


def replies(facts: Facts) -> Judged:
    most = min(facts.replies, 4)
    return (most / 4, most) if most else None


def speed(facts: Facts) -> Judged:
    if facts.answers_in is None or facts.answers_in > DAY:
        return None
    return (1.0, "hour") if facts.answers_in <= HOUR else (0.5, "day")


def moving(facts: Facts) -> Judged:
    shares = {
        Lead.Moving.IMMEDIATE.value: 1.0,
        Lead.Moving.PLANNING.value: 0.5,
        Lead.Moving.RESEARCHING.value: 0.1,
        Lead.Moving.DREAMING.value: -0.4,
    }
    share = shares.get(facts.moving)
    return None if share is None else (share, facts.moving)


def budget(facts: Facts) -> Judged:
    return (1.0, "") if facts.budget_known else None


def source(facts: Facts) -> Judged:
    """Against all sources together; a source of few leads counts as most of them do."""
    if not facts.source_leads or not facts.all_closed:
        return None
    usual = facts.all_closed / facts.all_leads
    closed = (facts.source_closed or 0) + BELIEVED * usual
    share = closed / (facts.source_leads + BELIEVED)
    better = max(-0.5, min(1.0, (share / usual - 1) / 2))
    return None if abs(better) < 0.1 else (better, round(share * 100))


def viewed(facts: Facts) -> Judged:
    times = facts.viewed or 0
    return ((0.2, 0.5, 0.75, 1.0)[min(times, 4) - 1], times) if times else None


def asked(facts: Facts) -> Judged:
    return (0.6 if facts.asked == 1 else 1.0, facts.asked) if facts.asked else None


def showings(facts: Facts) -> Judged:
    return (0.7 if facts.showings == 1 else 1.0, facts.showings) if facts.showings else None


def loved(facts: Facts) -> Judged:
    return (1.0, "") if facts.loved else None


def missed(facts: Facts) -> Judged:
    return (1.0, "") if facts.missed else None


def mood(facts: Facts) -> Judged:
    share = {"good": 1.0, "bad": -1.0}.get(facts.mood or "")
    return None if share is None else (share, facts.mood or "")


def stage(facts: Facts) -> Judged:
    shares = {
        Stage.Kind.QUALIFIED.value: 0.3,
        Stage.Kind.SHOWING.value: 0.5,
        Stage.Kind.OFFER.value: 0.8,
        Stage.Kind.RESERVED.value: 1.0,
    }
    return (shares[facts.stage], facts.stage) if facts.stage in shares else None


def ended(facts: Facts) -> Judged:
    shares = {
        Stage.Kind.LOST.value: 1.0,
        Stage.Kind.NURTURE.value: 0.4,
        Stage.Kind.CLOSED.value: 0.25,
    }
    return (shares[facts.stage], facts.stage) if facts.stage in shares else None


def referred(facts: Facts) -> Judged:
    return (1.0, "") if facts.referred else None


def tries(facts: Facts) -> Judged:
    if facts.tries < 3 or not facts.is_open:
        return None
    return (1.0, 5) if facts.tries >= 5 else (0.5, 3)


def silence(facts: Facts) -> Judged:
    shares = dict(zip(SILENCE_STEPS, (0.3, 0.6, 1.0), strict=True))
    if facts.last_touch_at is None or not facts.is_open:
        return None
    gone = (facts.now - facts.last_touch_at).total_seconds()
    step = max((days for days in SILENCE_STEPS if gone >= days * DAY), default=None)
    return (shares[step], step) if step else None


def do_not_contact(facts: Facts) -> Judged:
    return (1.0, "") if facts.do_not_contact else None
