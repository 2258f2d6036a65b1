"""Where each reason is found: one or more bounded queries over an index, most urgent first.

A query gives its lead, the moment that the reason is about, the row it stands on, and facts.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject

from leads.models import Cadence, Deal, FollowUp, Lead, Stage
from leads.scoring.bands import HOT
from leads.today.day import Day

Query: TypeAlias = "QuerySet[Any]"

NEW_FOR = dt.timedelta(days=14)
WAITS_FOR = dt.timedelta(days=14)
QUIET_AFTER = dt.timedelta(days=5)
QUIET_UNTIL = dt.timedelta(days=60)
DEAL_LATE_FOR = dt.timedelta(days=60)
# A day is worth a word until some days after it.
LATE_WISHES = 3
NEARLY_A_YEAR = dt.timedelta(days=360)


@dataclass(frozen=True)
class Arm:
    """A query with the names of its columns: whose it is, when, which row, what else."""

    query: Query
    at: str | None
    lead: str = "id"
    thing: str | None = None
    facts: Any = None
    # What they did since opens a reason again that was put off.
    reopened_by: str | None = None


def people() -> Query:
    return Lead.objects.present().filter(do_not_contact=False)


def still_looking() -> Query:
    return people().exclude(stage__kind__in=Stage.ENDED)


def new(day: Day) -> Iterator[Arm]:
    since = day.now - NEW_FOR
    found = people().filter(first_attempt_at=None, arrived_at__range=(since, day.now))
    yield Arm(found.filter(stage__kind=Stage.Kind.NEW).order_by("-arrived_at"), at="arrived_at")


def unanswered(day: Day) -> Iterator[Arm]:
    since = day.now - WAITS_FOR
    found = people().filter(unanswered_since__range=(since, day.now))
    found = found.exclude(stage__kind=Stage.Kind.LOST).order_by("-unanswered_since")
    yield Arm(found, at="unanswered_since", reopened_by="last_in_at")


def planned() -> Query:
    """What is open, with people who are there."""
    return FollowUp.objects.filter(state=FollowUp.State.OPEN, lead__state=Lead.State.PRESENT)


def follow_up(query: Query) -> Arm:
    return Arm(query, at="due", lead="lead_id", thing="id")


def due(day: Day) -> Iterator[Arm]:
    """Today's, but for a showing that is still to come: it wants a yes, and no deed."""
    today = planned().filter(due__gte=day.began, due__lt=day.ends)
    ahead = Q(kind=FollowUp.Kind.SHOWING, due__gte=day.now)
    yield follow_up(today.exclude(ahead).order_by("due", "id"))


def overdue(day: Day) -> Iterator[Arm]:
    yield follow_up(planned().filter(due__lt=day.began).order_by("-due", "id"))


def showing(day: Day) -> Iterator[Arm]:
    found = planned().filter(due__gte=day.now, due__lt=day.after(2), confirmed_at=None)
    yield follow_up(found.filter(kind=FollowUp.Kind.SHOWING).order_by("due", "id"))


def quiet(day: Day) -> Iterator[Arm]:
    """Hot, nothing said for days and nothing planned."""
    between = (day.now - QUIET_UNTIL, day.now - QUIET_AFTER)
    found = still_looking().filter(score__gte=HOT.least, next_follow_up_at=None)
    found = found.filter(last_touch_at__range=between, unanswered_since=None)
    yield Arm(found.order_by("-last_touch_at"), at="last_touch_at")


def deal(day: Day) -> Iterator[Arm]:
    between = (day.date - DEAL_LATE_FOR, day.date)
    found = Deal.objects.filter(state__in=[Deal.State.OPEN, Deal.State.RESERVED])
    found = found.filter(lead__state=Lead.State.PRESENT, expected_on__range=between)
    facts = JSONObject(
        amount=Cast("amount", CharField()), currency="currency", state="state",
        on=Cast("expected_on", CharField()), home="listing__title",
    )  # fmt: skip
    yield Arm(found.order_by("-expected_on", "id"), at=None, lead="lead_id", thing="id",
              facts=facts)  # fmt: skip


def birthday(day: Day) -> Iterator[Arm]:
    for query in audiences(day, Cadence.Occasion.BIRTHDAY):
        yield _wishes(query, day, lambda month, date: Q(birthday_month=month, birthday_day=date))


def anniversary(day: Day) -> Iterator[Arm]:
    for query in audiences(day, Cadence.Occasion.ANNIVERSARY):
        settled = query.filter(home_since__lt=day.date - NEARLY_A_YEAR)
        yield _wishes(settled, day, lambda month, date: Q(home_since__month=month,
                                                          home_since__day=date))  # fmt: skip


def _wishes(query: Query, day: Day, on: Callable[[int, int], Q]) -> Arm:
    """On the day and some days after it, until somebody said something."""
    wanted = Q()
    for late, date in last_days(day.date):
        silent = Q(last_touch_at=None) | Q(last_touch_at__lt=day.after(-late))
        for month, number in marks(date):
            wanted |= on(month, number) & silent
    return Arm(query.filter(wanted).order_by("id"), at=None)


def last_days(today: dt.date) -> Iterator[tuple[int, dt.date]]:
    for late in range(LATE_WISHES + 1):
        yield late, today - dt.timedelta(days=late)


def marks(day: dt.date) -> list[tuple[int, int]]:
    """Month and day that are kept on this date: the 29th of February on the 28th, most years."""
    leap = (day.month, day.day) == (2, 28) and not calendar.isleap(day.year)
    return [(day.month, day.day), (2, 29)] if leap else [(day.month, day.day)]


def keep_in_touch(day: Day) -> Iterator[Arm]:
    """Nothing said for as long as a rule of the owner's says, and nothing planned."""
    for cadence, stages in day.cadences:
        if cadence.occasion == Cadence.Occasion.EVERY:
            until = day.now - dt.timedelta(days=cadence.days or 1)
            last = Greatest(Coalesce("last_touch_at", "arrived_at"), "stage_since")
            for query in audience(cadence, stages):
                found = query.filter(next_follow_up_at=None).alias(last=last)
                found = found.filter(last__lte=until).order_by("last", "id")
                yield Arm(found, at="last_touch_at")


def audiences(day: Day, occasion: str) -> Iterator[Query]:
    for cadence, stages in day.cadences:
        if cadence.occasion == occasion:
            yield from audience(cadence, stages)


def audience(cadence: Cadence, stages: list[int]) -> Iterator[Query]:
    """Whom the rule means: a query for each stage, in the order of whose index it can be read."""
    if cadence.audience == Cadence.Audience.TAGGED:
        yield people().filter(leadtag__tag=cadence.tag_id)
    for stage in stages:
        yield people().filter(stage=stage)
