"""Keeping in touch: rules that say whose turn it is, without a row for each person and day."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from leads.followups import clock
from leads.models import Cadence, Lead, Stage
from leads.models.lead import LeadQuerySet

# As many as anybody gets round to; the longest overdue come first.
MOST = 200
# A day is worth a word until some days after it.
LATE_WISHES = 3
Audience, Occasion = Cadence.Audience, Cadence.Occasion


@dataclass(frozen=True)
class Turn:
    """Somebody whose turn it is, by which rule, and since when."""

    lead: Lead
    cadence: Cadence
    since: dt.date

    def days_late(self, today: dt.date) -> int:
        return (today - self.since).days

    def why(self, today: dt.date) -> str:
        late = self.days_late(today)
        ago = {0: "today", 1: "yesterday"}.get(late, f"{late} days ago")
        if self.cadence.occasion == Occasion.BIRTHDAY:
            return f"Birthday {ago}"
        if self.cadence.occasion == Occasion.ANNIVERSARY:
            assert self.lead.home_since is not None  # noqa: S101  (asked for by the query)
            years = self.since.year - self.lead.home_since.year
            return f"{years} {'year' if years == 1 else 'years'} in their home {ago}"
        quiet = (self.cadence.days or 0) + late
        return f"Not in touch for {quiet} days"


def keep_in_touch(now: dt.datetime | None = None) -> list[Turn]:
    """Each person once, by the rule that is most overdue; what is planned with them anyway, or
    said to them since, ends their turn."""
    now = now or timezone.now()
    zone = clock.zone()
    today = clock.day(now, zone)
    found: dict[object, Turn] = {}
    for cadence in Cadence.objects.filter(active=True).select_related("tag"):
        for turn in _turns(cadence, today, zone):
            known = found.get(turn.lead.id)
            if known is None or _weight(turn) < _weight(known):
                found[turn.lead.id] = turn
    return sorted(found.values(), key=_weight)[:MOST]


def _weight(turn: Turn) -> tuple[bool, dt.date, str]:
    """A day comes before a quiet time: it passes."""
    return turn.cadence.occasion == Occasion.EVERY, turn.since, str(turn.lead.id)


def _turns(cadence: Cadence, today: dt.date, zone: dt.tzinfo) -> Iterator[Turn]:
    people = audience(cadence).filter(do_not_contact=False).select_related("stage")
    if cadence.occasion == Occasion.EVERY:
        yield from _quiet(cadence, people, today, zone)
    else:
        yield from _days(cadence, people, today, zone)


def audience(cadence: Cadence) -> LeadQuerySet:
    people: LeadQuerySet = Lead.objects.present()
    if cadence.audience == Audience.TAGGED:
        return people.filter(leadtag__tag=cadence.tag)
    kind = Stage.Kind.CLOSED if cadence.audience == Audience.PAST_CLIENTS else Stage.Kind.NURTURE
    # By their ids, so that the index of a stage serves.
    return people.filter(stage__in=list(Stage.objects.filter(kind=kind)))


def _quiet(
    cadence: Cadence, people: LeadQuerySet, today: dt.date, zone: dt.tzinfo
) -> Iterator[Turn]:
    """Nothing said for so long, and nothing planned."""
    days = dt.timedelta(days=cadence.days or 1)
    until = clock.end(today - days, zone)
    quiet = people.alias(last=Greatest(Coalesce("last_touch_at", "arrived_at"), "stage_since"))
    quiet = quiet.filter(next_follow_up_at=None, last__lte=until).order_by("last", "id")
    for lead in quiet.annotate(last=F("last"))[:MOST]:
        yield Turn(lead, cadence, clock.day(lead.last, zone) + days)


def _days(
    cadence: Cadence, people: LeadQuerySet, today: dt.date, zone: dt.tzinfo
) -> Iterator[Turn]:
    dates = [today - dt.timedelta(days=number) for number in range(LATE_WISHES + 1)]
    on = {day: _is_on(cadence.occasion, day) for day in dates}
    wanted = Q()
    for condition in on.values():
        wanted |= condition
    for lead in people.filter(wanted).order_by("id")[:MOST]:
        since = next(day for day in dates if _is_theirs(cadence.occasion, lead, day))
        greeted = lead.last_touch_at is not None and clock.day(lead.last_touch_at, zone) >= since
        first_home_day = cadence.occasion == Occasion.ANNIVERSARY and lead.home_since == since
        if not (greeted or first_home_day):
            yield Turn(lead, cadence, since)


def _marks(day: dt.date) -> list[tuple[int, int]]:
    """Month and day that are kept on this date: the 29th of February on the 28th, most years."""
    marks = [(day.month, day.day)]
    if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
        marks.append((2, 29))
    return marks


def _is_on(occasion: str, day: dt.date) -> Q:
    wanted = Q()
    for month, date in _marks(day):
        if occasion == Occasion.BIRTHDAY:
            wanted |= Q(birthday_month=month, birthday_day=date)
        else:
            wanted |= Q(home_since__month=month, home_since__day=date)
    return wanted


def _is_theirs(occasion: str, lead: Lead, day: dt.date) -> bool:
    if occasion == Occasion.BIRTHDAY:
        return (lead.birthday_month, lead.birthday_day) in _marks(day)
    home = lead.home_since
    return home is not None and (home.month, home.day) in _marks(day)
