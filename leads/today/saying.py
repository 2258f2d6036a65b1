"""What a row says: the reason in bold, what helps beside it, and how it is coloured."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from crm.shell import moments, money
from leads.models import Deal, FollowUp, Interaction
from leads.today import finding

if TYPE_CHECKING:
    from leads.today.rules import Known

ANSWER_WITHIN = dt.timedelta(minutes=5)
SOON = dt.timedelta(hours=1)


class Said(NamedTuple):
    bold: str
    rest: str
    tone: str = "dusk"


def new(known: Known) -> Said:
    lead, now = known.lead, known.day.now
    source = f"{lead.source.name}: n" if lead.source else "N"
    bold = f"{source}ew lead, {moments.ago(lead.arrived_at, now, known.day.zone)}"
    in_time = now - lead.arrived_at < ANSWER_WITHIN
    return Said(bold, "Answer within 5 min" if in_time else "Nobody has tried to reach them yet",
                "now")  # fmt: skip


def unanswered(known: Known) -> Said:
    since = known.lead.unanswered_since or known.day.now
    last = known.lead.last_in_at or since
    kind = known.lead.last_touch_kind
    verb = "Called" if kind == Interaction.Kind.CALL else "Wrote"
    waits = "No answer yet"
    if last > since:  # They wrote again: the first time is another one than the bold one.
        first = moments.when(since, known.day.now, known.day.zone)
        waits = f"{waits}, since {moments.within(first)}"
    return Said(f"{verb} {moments.ago(last, known.day.now, known.day.zone)}", waits, "now")


def due(known: Known) -> Said:
    follow_up, day = known.follow_up, known.day
    title = about(follow_up)
    if follow_up is None or follow_up.all_day:
        return Said("Follow-up due today", title, "now")
    time = moments.clock(follow_up.due, day.zone)
    if follow_up.kind == FollowUp.Kind.SHOWING:
        return Said(f"Showing at {time}: how did it go", title, "now")
    if late := moments.late(follow_up.due, day.now, day.zone):
        return Said(f"Follow-up {late}", title, "now")
    soon = follow_up.due - day.now <= SOON
    return Said(f"Follow-up due {time}", title, "now" if soon else "dusk")


def overdue(known: Known) -> Said:
    due_at = known.found.at or known.day.now
    days = max(1, moments.days_between(due_at, known.day.now, known.day.zone))
    bold = "1 day overdue" if days == 1 else f"{days:,} days overdue"
    return Said(bold, about(known.follow_up), "bad")


def showing(known: Known) -> Said:
    day = known.day
    at = known.found.at or day.now
    when = moments.within(moments.when(at, day.now, day.zone))
    return Said(f"Showing {when}, to confirm", about(known.follow_up))


def quiet(known: Known) -> Said:
    last = known.lead.last_touch_at or known.day.now
    days = moments.days_between(last, known.day.now, known.day.zone)
    kind = known.lead.last_touch_kind
    word = Interaction.Kind(kind).label.lower() if kind else ""
    rest = f"Last: {word}, {moments.day(last.astimezone(known.day.zone).date(), known.day.date)}"
    return Said(f"Hot, quiet for {days} days", rest if word else "", "hot")


def deal(known: Known) -> Said:
    facts, day = known.found.facts, known.day
    on = dt.date.fromisoformat(facts["on"])
    days = (day.date - on).days
    price = money.short_money(Decimal(facts["amount"]), facts["currency"])
    what = "Reservation" if facts["state"] == Deal.State.RESERVED else "Offer"
    rest = f"{what} of {price}" + (f" on {facts['home']}" if facts["home"] else "")
    if days == 0:
        return Said("Answer due today" if what == "Offer" else "Closing due today", rest)
    return Said(f"Deal {days} d past its date", rest, "bad")


def birthday(known: Known) -> Said:
    late = _late(known, known.lead.birthday_month, known.lead.birthday_day)
    return Said(f"Birthday {_ago(late)}", "Say a word", "good")


def anniversary(known: Known) -> Said:
    home = known.lead.home_since
    late = _late(known, home.month if home else None, home.day if home else None)
    on = known.day.date - dt.timedelta(days=late)
    years = on.year - home.year if home else 0
    home_for = f"{years} year{'' if years == 1 else 's'} in their home"
    return Said(home_for if late == 0 else f"{home_for}, {_ago(late)}", "Say hello", "good")


def _late(known: Known, month: int | None, date: int | None) -> int:
    """How many days ago the day was kept."""
    found = (late for late, day in finding.last_days(known.day.date)
             if (month, date) in finding.marks(day))  # fmt: skip
    return next(found, 0)


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def keep_in_touch(known: Known) -> Said:
    last = known.lead.last_touch_at
    if last is None:
        return Said("Never in touch so far", "Say hello", "good")
    days = moments.days_between(last, known.day.now, known.day.zone)
    return Said(f"Not in touch for {days:,} days", "Say hello", "good")


def about(follow_up: FollowUp | None) -> str:
    """What was planned; the home where there is one."""
    if follow_up is None:
        return ""
    home = follow_up.listing.title if follow_up.listing else ""
    title = follow_up.title
    return f"{title}, {home}" if home and home not in title else title
