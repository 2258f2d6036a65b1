"""The calendar feed: a secret address, of which only the hash is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from crm.audit.services import security_event
from crm.vault.fields import as_stored
from leads.followups import calendar, clock
from leads.models import CalendarFeed, FollowUp
from leads.models.follow_up import FollowUpQuerySet

# What calendars look back on, and how much they are given at most.
LOOKS_BACK = dt.timedelta(days=90)
ENDED_STAYS = dt.timedelta(days=30)
MOST = 2000
READ_NOTED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Version:
    """What a calendar program asks first: has anything changed?"""

    etag: str
    changed: dt.datetime


@transaction.atomic
def renew(
    *, with_names: bool | None = None, request: HttpRequest | None = None
) -> tuple[CalendarFeed, str]:
    """A new address; the one before opens nothing from now on. Shown once, and kept nowhere."""
    token = secrets.token_urlsafe(32)
    old = CalendarFeed.objects.first()
    names = old.with_names if with_names is None and old is not None else bool(with_names)
    CalendarFeed.objects.all().delete()
    security_event("calendar.made", request=request)
    return CalendarFeed.objects.create(digest=_digest(token), with_names=names), token


@transaction.atomic
def end(*, request: HttpRequest | None = None) -> bool:
    ended = CalendarFeed.objects.all().delete()[0] > 0
    if ended:
        security_event("calendar.ended", request=request)
    return ended


def say_names(*, wanted: bool) -> None:
    for feed in CalendarFeed.objects.all():
        feed.with_names = wanted
        feed.save(update_fields=["with_names"])


def found(token: str) -> CalendarFeed | None:
    feed = CalendarFeed.objects.filter(digest=_digest(token)).first()
    now = timezone.now()
    if feed is not None and (feed.read_at is None or now - feed.read_at > READ_NOTED_EVERY):
        CalendarFeed.objects.filter(id=feed.id).update(read_at=now)
    return feed


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def shown(now: dt.datetime) -> FollowUpQuerySet:
    """Open ones from three months ago on; what ended lately, so that calendars take it out."""
    everything: FollowUpQuerySet = FollowUp.objects.of_present()
    recent = everything.filter(
        Q(state="open", due__gte=now - LOOKS_BACK)
        | Q(ended_at__gte=now - ENDED_STAYS, rule="") & ~Q(state="open")
    )
    return recent.select_related("lead", "listing").order_by("due", "id")


def version(feed: CalendarFeed, now: dt.datetime) -> Version:
    """Everything that a line of the calendar is made of, unopened."""
    seen = hashlib.sha256(repr((str(feed.id), feed.with_names)).encode())
    changed = feed.made_at
    with as_stored():
        rows = shown(now).values_list(
            "id", "set_at", "ended_at", "confirmed_at", "sequence", "due", "occurrence", "rule",
            "reminders", "minutes", "title", "lead__name", "listing__title", "listing__address",
        )  # fmt: skip
        for row in rows[:MOST]:
            *plain, title, name, home, address = row
            seen.update(repr((plain, title and title.value, name, home, address)).encode())
            changed = max([changed, *(moment for moment in plain[1:4] if moment is not None)])
    return Version(seen.hexdigest()[:32], changed)


def written(feed: CalendarFeed, now: dt.datetime) -> bytes:
    follow_ups = (one for one in shown(now)[:MOST] if not _left_out(one))
    return calendar.whole(follow_ups, zone=clock.zone(), with_names=feed.with_names)


def _left_out(follow_up: FollowUp) -> bool:
    """Done before its time: nobody needs to see it ahead."""
    done = follow_up.state == FollowUp.State.DONE
    return done and follow_up.ended_at is not None and follow_up.due > follow_up.ended_at
