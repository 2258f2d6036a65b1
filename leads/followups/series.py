"""What repeats is a row at a time: the next one is made when the one before ends."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils import timezone

from leads.followups import clock, recurrence
from leads.models import FollowUp

# Sealed words go along; how it ended does not.
CARRIED = (
    "lead", "kind", "title", "notes", "listing", "minutes", "priority", "rule", "recurs_from",
    "zone", "series", "reminders", "origin",
)  # fmt: skip
LOOKED_BACK = dt.timedelta(days=30)


def following(follow_up: FollowUp, *, now: dt.datetime) -> dt.datetime | None:
    """The next occurrence: after this one and not in the past, wherever this one was moved to."""
    assert follow_up.recurs_from is not None  # noqa: S101  (what_repeats_knows_from_when)
    after = max(follow_up.occurrence or follow_up.due, now)
    zone = clock.named(follow_up.zone)
    if follow_up.all_day:
        after = max(
            follow_up.occurrence or follow_up.due, clock.beginning(clock.day(now, zone), zone)
        )
    return recurrence.next_after(
        follow_up.rule, begins=follow_up.recurs_from, zone=zone, after=after
    )


def make_next(ended: FollowUp, *, now: dt.datetime) -> FollowUp | None:
    if not ended.rule or _has_next(ended):
        return None
    moment = following(ended, now=now)
    if moment is None:
        return None
    values = {name: getattr(ended, name) for name in CARRIED}
    if ended.all_day:
        zone = clock.named(ended.zone)
        day = clock.day(moment, zone)
        return FollowUp.objects.create(
            **values, due_on=day, due=clock.end(day, zone), occurrence=moment, set_at=now
        )
    return FollowUp.objects.create(**values, due=moment, occurrence=moment, set_at=now)


def _has_next(ended: FollowUp) -> bool:
    """One made by somebody else, as by an undo and a second time done."""
    others = FollowUp.objects.filter(series=ended.series).exclude(id=ended.id)
    later = others.filter(occurrence__gt=ended.occurrence or ended.due)
    return others.open().exists() or later.exists()


def make_missing(*, now: dt.datetime | None = None) -> int:
    """The tick: what ended without its next one, as in bulk or by an import, gets it."""
    now = now or timezone.now()
    ended = FollowUp.objects.filter(ended_at__gte=now - LOOKED_BACK, series__isnull=False)
    ended = ended.exclude(state=FollowUp.State.OPEN).exclude(rule="")
    same = FollowUp.objects.filter(series=OuterRef("series")).exclude(id=OuterRef("id"))
    lacking = ended.exclude(Exists(same.open())).exclude(
        Exists(same.filter(occurrence__gt=OuterRef("occurrence")))
    )
    return sum(make_next(one, now=now) is not None for one in lacking.of_present())
