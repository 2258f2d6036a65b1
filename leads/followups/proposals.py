"""What comes next, and when: proposed by how a talk went, amended by one key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from crm.models import Preferences
from leads.followups import clock
from leads.models import FollowUp, Interaction

Outcome, Kind = Interaction.Outcome, FollowUp.Kind
TOMORROW, DAYS, WEEK, PICK = "T", "D", "W", "P"
MORNING, LATE_BY = dt.timedelta(hours=1), dt.timedelta(minutes=90)


@dataclass(frozen=True)
class Proposal:
    """A follow-up that is not planned yet: at a moment, or on a day."""

    kind: str
    title: str
    due: dt.datetime | None = None
    due_on: dt.date | None = None
    choice: str = TOMORROW


@dataclass(frozen=True)
class Choice:
    """A time that one key picks. P has none: the owner picks it."""

    key: str
    label: str
    due: dt.datetime | None = None


# Outcome: kind, title, which key's time.
AFTER = {
    Outcome.REACHED: (Kind.CALL, "Call to see how it stands", DAYS),
    Outcome.LEFT_MESSAGE: (Kind.CALL, "Call again", TOMORROW),
    Outcome.NO_ANSWER: (Kind.CALL, "Call again", TOMORROW),
    Outcome.WRONG_NUMBER: (Kind.TASK, "Find the right number", TOMORROW),
    Outcome.HELD: (Kind.CALL, "Ask how they liked it", TOMORROW),
    Outcome.NO_SHOW: (Kind.CALL, "Find a new time", TOMORROW),
    Outcome.CANCELLED: (Kind.CALL, "Find a new time", DAYS),
}
# Said without an outcome, an answer is waited for.
WRITTEN = {Kind.EMAIL: "See whether they answered", Kind.TEXT: "See whether they answered"}


def after(
    outcome: str, *, kind: str = "call", now: dt.datetime, preferences: Preferences
) -> Proposal:
    what, title, key = AFTER.get(
        Outcome(outcome) if outcome else None,  # type: ignore[arg-type]
        (Kind.CALL, WRITTEN.get(kind, "Call to see how it stands"), DAYS),  # type: ignore[call-overload]
    )
    return Proposal(what, title, due=choices(now, preferences)[key].due, choice=key)


def amended(
    proposal: Proposal,
    key: str,
    *,
    now: dt.datetime,
    preferences: Preferences,
    picked: dt.datetime | None = None,
) -> Proposal:
    """The same at another time. P wants the time that was picked."""
    due = picked if key == PICK else choices(now, preferences)[key].due
    return replace(proposal, due=due, due_on=None, choice=key)


def choices(now: dt.datetime, preferences: Preferences) -> dict[str, Choice]:
    """Tomorrow at the other end of the day, when somebody may answer who did not; in three days
    and in a week in the morning. On working days' hours, by the owner's clock."""
    zone = clock.named(preferences.zone)
    local = clock.wall(now, zone)
    start, end = preferences.working_hours_start, preferences.working_hours_end

    def on(days: int, time: dt.time) -> dt.datetime:
        return clock.at(local.date() + dt.timedelta(days=days), time, zone)

    early, late = _shifted(start, MORNING, end), _shifted(end, -LATE_BY, start)
    other_end = late if local.hour < 12 else early
    return {
        TOMORROW: Choice(TOMORROW, "Tomorrow", on(1, other_end)),
        DAYS: Choice(DAYS, "3 days", on(3, early)),
        WEEK: Choice(WEEK, "Next week", on(7, early)),
        PICK: Choice(PICK, "Pick"),
    }


def _shifted(time: dt.time, by: dt.timedelta, other: dt.time) -> dt.time:
    """Within the working hours, however short they are."""
    moved = (dt.datetime.combine(dt.date(2000, 1, 2), time) + by).time()
    low, high = sorted((time, other))
    return moved if low <= moved <= high else time
