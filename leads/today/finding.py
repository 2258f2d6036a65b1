"""Where each reason is found: one or more bounded queries over an index, most urgent first.

An arm says whose it is, the moment that the reason is about, the row it stands on, and facts. Arms
are SQL, for all of them make one statement whose text is the same for each page: nothing has to be
built, and the database may keep its plan. Values are named by `Day.values`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from leads.models import Cadence
from leads.scoring.bands import HOT
from leads.today.day import LATE_WISHES, Day, Keeping

PEOPLE = "l.state = 'present' AND NOT l.do_not_contact"
PLANNED = "f.state = 'open' AND l.state = 'present'"
LEAD = "leads_lead l"
STAGED = f"{LEAD} JOIN leads_stage s ON s.id = l.stage_id"
FOLLOW_UP = f"leads_follow_up f JOIN {LEAD} ON l.id = f.lead_id"
LAST = "greatest(coalesce(l.last_touch_at, l.arrived_at), l.stage_since)"


@dataclass(frozen=True)
class Arm:
    tables: str
    where: str
    order: str
    at: str = "NULL::timestamptz"
    thing: str = "NULL::uuid"
    facts: str = "NULL::jsonb"
    lead: str = "l.id"
    # What they did since opens a reason again that was put off.
    reopened_by: str = ""


def new(_day: Day) -> Iterator[Arm]:
    yield Arm(
        STAGED,
        f"{PEOPLE} AND s.kind = 'new' AND l.first_attempt_at IS NULL"
        " AND l.arrived_at BETWEEN %(new_since)s AND %(now)s",
        "l.arrived_at DESC",
        at="l.arrived_at",
    )


def unanswered(_day: Day) -> Iterator[Arm]:
    yield Arm(
        STAGED,
        f"{PEOPLE} AND s.kind <> 'lost'"
        " AND l.unanswered_since BETWEEN %(waiting_since)s AND %(now)s",
        "l.unanswered_since DESC",
        at="l.unanswered_since",
        reopened_by="l.last_in_at",
    )


def follow_up(where: str, order: str) -> Arm:
    return Arm(
        FOLLOW_UP, f"{PLANNED} AND {where}", order, at="f.due", thing="f.id", lead="f.lead_id"
    )


def due(_day: Day) -> Iterator[Arm]:
    """Today's, but for a showing that is still to come: it wants a yes, and no deed."""
    today = "f.due >= %(day_began)s AND f.due < %(day_ends)s"
    yield follow_up(f"{today} AND (f.kind <> 'showing' OR f.due < %(now)s)", "f.due, f.id")


def overdue(_day: Day) -> Iterator[Arm]:
    yield follow_up("f.due < %(day_began)s", "f.due DESC, f.id DESC")


def showing(_day: Day) -> Iterator[Arm]:
    soon = "f.due >= %(now)s AND f.due < %(tomorrow_ends)s"
    yield follow_up(f"{soon} AND f.kind = 'showing' AND f.confirmed_at IS NULL", "f.due, f.id")


def quiet(_day: Day) -> Iterator[Arm]:
    """Hot, nothing said for days and nothing planned."""
    yield Arm(
        STAGED,
        f"{PEOPLE} AND s.kind NOT IN ('closed', 'nurture', 'lost') AND l.score >= {HOT.least}"
        " AND l.next_follow_up_at IS NULL AND l.unanswered_since IS NULL"
        " AND l.last_touch_at BETWEEN %(quiet_since)s AND %(quiet_until)s",
        "l.last_touch_at DESC",
        at="l.last_touch_at",
    )


def deal(_day: Day) -> Iterator[Arm]:
    yield Arm(
        f"leads_deal d JOIN {LEAD} ON l.id = d.lead_id"
        " LEFT JOIN properties_listing p ON p.id = d.listing_id",
        "d.state IN ('open', 'reserved') AND l.state = 'present'"
        " AND d.expected_on BETWEEN %(deals_since)s AND %(today)s",
        "d.expected_on DESC, d.id DESC",
        thing="d.id",
        facts="jsonb_build_object('amount', d.amount::text, 'currency', d.currency,"
        " 'state', d.state, 'on', d.expected_on::text, 'home', p.title)",
        lead="d.lead_id",
    )


def birthday(day: Day) -> Iterator[Arm]:
    for tables, people in audiences(day, Cadence.Occasion.BIRTHDAY):
        yield _wishes(day, tables, people, "(l.birthday_month, l.birthday_day)")


def anniversary(day: Day) -> Iterator[Arm]:
    for tables, people in audiences(day, Cadence.Occasion.ANNIVERSARY):
        settled = f"{people} AND l.home_since < %(nearly_a_year_ago)s"
        on = "(extract(month FROM l.home_since), extract(day FROM l.home_since))"
        yield _wishes(day, tables, settled, on)


def _wishes(day: Day, tables: str, people: str, on: str) -> Arm:
    """On the day and some days after it, until somebody said something."""
    wanted = " OR ".join(
        f"({on} = ({month}, {date})"
        f" AND (l.last_touch_at IS NULL OR l.last_touch_at < %(began_{late})s))"
        for late, when in last_days(day.date)
        for month, date in marks(when)
    )
    return Arm(tables, f"{people} AND ({wanted})", "l.id")


def last_days(today: dt.date) -> Iterator[tuple[int, dt.date]]:
    for late in range(LATE_WISHES + 1):
        yield late, today - dt.timedelta(days=late)


def marks(day: dt.date) -> list[tuple[int, int]]:
    """Month and day that are kept on this date: the 29th of February on the 28th, most years."""
    leap = (day.month, day.day) == (2, 28) and not calendar.isleap(day.year)
    return [(day.month, day.day), (2, 29)] if leap else [(day.month, day.day)]


def keep_in_touch(day: Day) -> Iterator[Arm]:
    """Nothing said for as long as a rule of the owner's says, and nothing planned."""
    for rule in day.chosen.keeping:
        if rule.occasion == Cadence.Occasion.EVERY:
            until = f"%(now)s - interval '{int(rule.days or 1)} days'"
            for tables, people in audience(rule):
                silent = f"{people} AND l.next_follow_up_at IS NULL AND {LAST} <= {until}"
                yield Arm(tables, silent, f"{LAST}, l.id", at="l.last_touch_at")


def audiences(day: Day, occasion: str) -> Iterator[tuple[str, str]]:
    for rule in day.chosen.keeping:
        if rule.occasion == occasion:
            yield from audience(rule)


def audience(rule: Keeping) -> Iterator[tuple[str, str]]:
    """Whom the rule means: a query for each stage, in the order of whose index it can be read."""
    if rule.tag is not None:
        of_tag = f"t.lead_id = l.id AND t.tag_id = {int(rule.tag)}"
        yield f"{LEAD} JOIN leads_leadtag t ON {of_tag}", PEOPLE
    for stage in rule.stages:
        yield LEAD, f"{PEOPLE} AND l.stage_id = {int(stage)}"
