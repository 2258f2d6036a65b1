"""What is due, read for pages, letters and the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, Value
from django.utils import timezone

from crm.models.folded import Folded
from leads.followups import cadences, clock
from leads.followups.cadences import Turn
from leads.models import FollowUp, Lead
from leads.models.follow_up import FollowUpQuerySet

# More than anybody does in a day; what lies beyond says so.
MOST_OF_A_DAY = 200
MOST_OVERDUE = 50
# What a day shows of each; a lead alone has sixty columns.
SHOWN = (
    "data_key", "kind", "title", "due", "due_on", "state", "priority", "confirmed_at", "minutes",
    "lead__name", "listing__title",
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """What one day holds, in the order of the clock; `overdue` only on today."""

    day: dt.date
    timed: list[FollowUp]
    all_day: list[FollowUp]
    overdue: list[FollowUp]

    @property
    def empty(self) -> bool:
        return not (self.timed or self.all_day or self.overdue)


def open_ones() -> FollowUpQuerySet:
    """Open, of nobody who was archived, with whom and where, in the order of the clock."""
    found: FollowUpQuerySet = FollowUp.objects.of_present().open()
    return found.select_related("lead", "listing").order_by("due", "id")


def agenda(day: dt.date, zone: dt.tzinfo, *, now: dt.datetime | None = None) -> Day:
    """One day for Today and the agenda: what is timed, what is for the whole day, what is late."""
    now = now or timezone.now()
    found = between(day, day, zone)
    late = overdue(clock.beginning(day, zone)) if day == clock.day(now, zone) else []
    return _as_day(day, found, zone, late)


def days(first: dt.date, count: int, zone: dt.tzinfo) -> list[Day]:
    """Several days in one query; without what is overdue."""
    wanted = [first + dt.timedelta(days=number) for number in range(count)]
    found = between(wanted[0], wanted[-1], zone)
    return [_as_day(day, found, zone, []) for day in wanted]


def between(first: dt.date, last: dt.date, zone: dt.tzinfo) -> list[FollowUp]:
    begins, ends = clock.beginning(first, zone), clock.end(last, zone)
    most = MOST_OF_A_DAY * ((last - first).days + 1)
    found = open_ones().filter(due__range=(begins, ends + clock.SECOND))
    return list(found.only(*SHOWN)[:most])


def _as_day(day: dt.date, found: Iterable[FollowUp], zone: dt.tzinfo, late: list[FollowUp]) -> Day:
    mine = [one for one in found if clock.day(one.due, zone) == day]
    timed = [one for one in mine if not one.all_day]
    return Day(day, timed, [one for one in mine if one.all_day], late)


def overdue(before: dt.datetime) -> list[FollowUp]:
    """What should have been done before, the latest first."""
    found = open_ones().filter(due__lt=before).order_by("-due", "id")
    return list(found.only(*SHOWN)[:MOST_OVERDUE])


def of_lead(lead: Lead, *, most: int = 20) -> list[FollowUp]:
    """What is open, and showings that are still ahead and were called off: their guest may have
    them in a calendar."""
    ahead = Q(kind=FollowUp.Kind.SHOWING, due__gt=timezone.now())
    found = FollowUp.objects.filter(Q(state=FollowUp.State.OPEN) | ahead, lead=lead)
    return list(found.select_related("lead", "listing").order_by("due", "id")[:most])


def to_confirm(now: dt.datetime, zone: dt.tzinfo) -> list[FollowUp]:
    """Showings until tomorrow's end that nobody has confirmed."""
    until = clock.end(clock.day(now, zone) + dt.timedelta(days=1), zone)
    found = open_ones().to_confirm(until=until).filter(due__gte=now)
    return list(found[:MOST_OVERDUE])


def finished(first: dt.datetime, last: dt.datetime) -> int:
    done = FollowUp.objects.filter(state=FollowUp.State.DONE, ended_at__range=(first, last))
    return done.count()


def due_of(leads: Sequence[UUID], *, until: dt.datetime) -> dict[UUID, FollowUp]:
    """The first open one of each of these people that is due by then: for lists and Today."""
    found = open_ones().filter(lead__in=leads, due__lte=until)
    first: dict[UUID, FollowUp] = {}
    for one in found:
        if one.lead_id is not None:
            first.setdefault(one.lead_id, one)
    return first


def keep_in_touch(now: dt.datetime | None = None) -> list[Turn]:
    """Whose turn it is by the owner's rules of keeping in touch, the most pressing first."""
    return cadences.keep_in_touch(now)


def called(begins: str, *, most: int = 8) -> list[str]:
    """Names that begin so, whatever their accents and case."""
    typed = begins.replace("\0", "").strip()[:100]
    if not typed:
        return []
    people = Lead.objects.present().annotate(asked=Folded(Value(typed)))
    found = people.filter(folded_name__startswith=F("asked")).order_by("folded_name", "id")
    return list(dict.fromkeys(found.values_list("name", flat=True)[:most]))
