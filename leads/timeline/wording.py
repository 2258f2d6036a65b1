"""Each entry of a timeline in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from crm.audit.words import who
from crm.shell.money import money
from crm.vault.errors import Erased
from leads.models import Attachment, Deal, FollowUp, Interaction, Lead
from leads.timeline import outcomes
from leads.timeline.keyset import Mark, Source

Kind, Outcome = Interaction.Kind, Interaction.Outcome
UNREADABLE = "Erased: nobody can read this any more."
TONES = {
    Outcome.REACHED: "good",
    Outcome.HELD: "good",
    Outcome.WRONG_NUMBER: "bad",
    Outcome.NO_SHOW: "bad",
}
VERBS = {
    Kind.CALL: ("called", "Call"),
    Kind.TEXT: ("texted", "Text"),
    Kind.MESSENGER: ("sent a message", "Message"),
    Kind.MEETING: ("met you", "Meeting"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class File:
    id: UUID
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`strong` is what it is, `rest` follows it, `said` is what was said or written."""

    at: dt.datetime
    source: Source
    id: str
    icon: str
    strong: str
    rest: str = ""
    said: str = ""
    tone: str = ""
    badges: Sequence[Badge] = ()
    files: Sequence[File] = ()
    # Of an entry that the owner may edit.
    interaction: UUID | None = None
    all_day: bool = False

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.source, self.id)


def interaction(lead: Lead, row: Interaction, files: Sequence[Attachment] = ()) -> Entry:
    strong, rest = _said_how(lead, row)
    return Entry(
        at=row.at,
        source=Source.INTERACTION,
        id=str(row.id),
        icon=_icon(row),
        strong=strong,
        rest=rest,
        said=_opened(row, "body"),
        tone=_tone(row),
        badges=_badges(row),
        files=[file(each) for each in files],
        interaction=row.id,
    )


def file(row: Attachment) -> File:
    return File(row.id, _opened(row, "name"), row.size)


def _opened(row: Any, name: str) -> str:
    try:
        return str(getattr(row, name))
    except Erased:
        return UNREADABLE


def _icon(row: Interaction) -> str:
    if row.kind == Kind.CALL and row.outcome:
        chosen = (choice.icon for choice in outcomes.CALL if choice.value == row.outcome)
        return next(chosen, "phone")
    if row.kind == Kind.EMAIL and row.origin == Interaction.Origin.SENT:
        return "send"
    return outcomes.ICONS[row.kind]


def _tone(row: Interaction) -> str:
    if row.kind == Kind.VISIT:
        return "dusk"
    if row.kind == Kind.SHOWING:
        return "warm"
    return TONES.get(row.outcome, "")  # type: ignore[call-overload,no-any-return]


def _said_how(lead: Lead, row: Interaction) -> tuple[str, str]:
    subject = _opened(row, "subject")
    home = str(row.listing) if row.listing else ""
    if row.kind == Kind.NOTE:
        return "Note", _about(home)
    if row.kind == Kind.VISIT:
        return f"Viewed {home}" if home else "Visited your site", _after(row.minutes, subject)
    if row.kind == Kind.SHOWING:
        went = outcomes.label(row.kind, row.outcome) if row.outcome != Outcome.HELD else ""
        return f"Showing: {home}" if home else "Showing", _listed(_minutes(row), went)
    if row.kind == Kind.EMAIL:
        theirs = row.direction == Interaction.Direction.IN
        return f"{lead.first_name} wrote:" if theirs else "You wrote:", subject or "no subject"
    return _talked(lead, row), ": ".join(filter(None, (_about(home), subject)))


def _talked(lead: Lead, row: Interaction) -> str:
    verb, noun = VERBS[Kind(row.kind)]
    theirs = row.direction == Interaction.Direction.IN and row.kind != Kind.MEETING
    went = outcomes.label(row.kind, row.outcome)
    went = went[:1].lower() + went[1:]
    return _listed(f"{lead.first_name} {verb}" if theirs else noun, _minutes(row), went)


def _minutes(row: Interaction) -> str:
    return f"{row.minutes} min" if row.minutes else ""


def _listed(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _about(home: str) -> str:
    return f"about {home}" if home else ""


def _after(minutes: int | None, subject: str) -> str:
    return _listed(f"for {minutes} min" if minutes else "", subject)


def _badges(row: Interaction) -> list[Badge]:
    badges = []
    if row.feedback:
        good = row.feedback in (Interaction.Feedback.LOVED, Interaction.Feedback.LIKED)
        tone = "good" if good else "bad" if row.feedback == Interaction.Feedback.DISLIKED else ""
        badges.append(Badge(row.get_feedback_display(), tone))
    if row.sentiment:
        tones = {"good": "good", "bad": "bad"}
        badges.append(Badge(row.get_sentiment_display(), tones.get(row.sentiment, "")))
    if row.automatic:
        badges.append(Badge("Automatic"))
    return badges


def stage(row: Any) -> Entry:
    return Entry(
        at=row.at,
        source=Source.STAGE,
        id=str(row.id),
        icon="square-kanban",
        strong=f"Moved to {row.to_name or 'a stage that is gone'}",
        rest=_listed(f"from {row.from_name or 'a stage that is gone'}", _by(row.actor)),
        said=row.why,
    )


def _by(actor: str) -> str:
    """ "by you", "by Porchlight", "by a command" """
    name = who(actor)
    known = name in ("You", "A command", "An upgrade", "A visitor")
    return f"by {name.lower() if known else name}" if name else ""


def follow_up(row: FollowUp) -> Entry:
    went = outcomes.label(row.kind, row.outcome)
    return Entry(
        at=row.ended_at or row.due,
        source=Source.FOLLOW_UP,
        id=str(row.id),
        icon="calendar-check",
        strong="Done:",
        rest=_listed(_opened(row, "title"), went[:1].lower() + went[1:]),
        said=_opened(row, "notes"),
        tone="good",
    )


def deal(row: Deal) -> list[Entry]:
    """Opened on one day, ended on another: a day has no time of its own."""
    about = f"for {row.listing}" if row.listing else ""
    price = money(row.amount, row.currency)
    told = [_of_day(row, row.opened_on, "opened", "Deal opened", f"{price} {about}".strip())]
    if row.closed_on:
        closed = row.state == Deal.State.CLOSED
        words = "Deal closed" if closed else "Deal fell through"
        tone = "good" if closed else "bad"
        told.append(_of_day(row, row.closed_on, "ended", words, f"{price} {about}".strip(), tone))
    return told


def _of_day(row: Deal, day: dt.date, what: str, strong: str, rest: str, tone: str = "") -> Entry:
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    id = f"{row.id}{'' if what == 'opened' else '~'}"
    return Entry(at, Source.DEAL, id, "handshake", strong, rest, tone=tone, all_day=True)


def arrival(lead: Lead) -> Entry:
    source = f"from {lead.source}" if lead.source else ""
    return Entry(
        at=lead.arrived_at,
        source=Source.ARRIVAL,
        id="1",
        icon="user-plus",
        strong="Came in",
        rest=_listed(source, _answered(lead)),
    )


def _answered(lead: Lead) -> str:
    if lead.first_attempt_at is None:
        return ""
    minutes = max(0, round((lead.first_attempt_at - lead.arrived_at).total_seconds() / 60))
    if minutes < 120:
        return f"answered in {minutes} min"
    hours = round(minutes / 60)
    return f"answered in {hours} h" if hours < 48 else f"answered in {round(hours / 24)} days"
