"""Follow-ups as iCalendar: what calendar programs show, with their zones, rules and alarms.

What repeats is one event with its rule from the open occurrence on; one that was moved stands
beside it as the exception that RFC 5545 has for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vCalAddress, vRecur, vText

from crm.models import Owner
from leads.followups import clock, recurrence, words
from leads.models import FollowUp, Interaction

PRODUCT = "-//Porchlight//Follow-ups//EN"
USUAL_LENGTH = dt.timedelta(minutes=30)
STATUS = {FollowUp.State.OPEN: "CONFIRMED", FollowUp.State.DROPPED: "CANCELLED"}


def whole(follow_ups: Iterable[FollowUp], *, zone: dt.tzinfo, with_names: bool) -> bytes:
    """Everything in one calendar. `zone` is for those that have none of their own."""
    calendar = _begun("Porchlight")
    for one in follow_ups:
        for event in _events(one, zone, with_names):
            calendar.add_component(event)
    return _finished(calendar)


def invitation(
    showing: FollowUp, *, zone: dt.tzinfo, owner: Owner, method: str, address: str
) -> bytes:
    """One showing for somebody else's calendar: where, when, with whom; no alarm, no notes. One of
    a series is an entry of its own there: `address` is asked for this one alone."""
    calendar = _begun("", method)
    event = Event()
    event.add("uid", f"{showing.id}@porchlight")
    where = showing.listing
    event.add("summary", f"Showing: {where.title}" if where else "Showing")
    if where is not None and where.address:
        event.add("location", where.address)
    _add_times(event, showing, zone, moved=True)
    _add_stamps(event, showing)
    host = vCalAddress(f"MAILTO:{owner.email}")
    host.params["CN"] = vText(owner.get_full_name())
    event.add("organizer", host)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if address:
        event.add("attendee", _attendee(address))
    calendar.add_component(event)
    return _finished(calendar)


def _attendee(address: str) -> vCalAddress:
    """Without their name: whoever gets the file further learns no more than the address."""
    guest = vCalAddress(f"MAILTO:{address}")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("TRUE")
    return guest


def _begun(name: str, method: str = "PUBLISH") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", dt.timedelta(minutes=15), {"VALUE": "DURATION"})
        calendar.add("x-published-ttl", dt.timedelta(minutes=15))
    return calendar


def _finished(calendar: Calendar) -> bytes:
    # The changes of these years: what lies outside is shown by the last rule that is known.
    today = dt.datetime.now(dt.UTC).date()
    calendar.add_missing_timezones(
        first_date=today.replace(day=1) - dt.timedelta(days=400),
        last_date=today.replace(day=1) + dt.timedelta(days=365 * 5),
    )
    written: bytes = calendar.to_ical()
    return written


def uid(follow_up: FollowUp) -> str:
    name = f"series-{follow_up.series}" if follow_up.rule else str(follow_up.id)
    return f"{name}@porchlight"


def _events(follow_up: FollowUp, zone: dt.tzinfo, with_names: bool) -> Iterable[Event]:
    repeats = bool(follow_up.rule) and follow_up.is_open
    yield _event(follow_up, zone, with_names, rule=repeats)
    if repeats and follow_up.due != follow_up.occurrence:
        moved = _event(follow_up, zone, with_names, moved=True)
        moved.add("recurrence-id", _rule_start(follow_up, zone))
        yield moved


def _event(
    follow_up: FollowUp,
    zone: dt.tzinfo,
    with_names: bool,
    *,
    rule: bool = False,
    moved: bool = False,
) -> Event:
    event = Event()
    event.add("uid", uid(follow_up))
    _add_words(event, follow_up, with_names)
    _add_times(event, follow_up, zone, moved=moved or not rule)
    _add_stamps(event, follow_up)
    event.add("status", _status(follow_up))
    event.add("transp", "TRANSPARENT" if follow_up.all_day else "OPAQUE")
    event.add("class", "PRIVATE")
    if rule:
        event.add("rrule", _rule(follow_up, zone))
    if follow_up.is_open:
        for minutes in follow_up.reminders:
            event.add_component(_alarm(minutes, str(event["summary"])))
    return event


def _status(follow_up: FollowUp) -> str:
    unsure = follow_up.kind == FollowUp.Kind.SHOWING and follow_up.confirmed_at is None
    if follow_up.is_open and unsure:
        return "TENTATIVE"
    if follow_up.outcome == Interaction.Outcome.CANCELLED:
        return "CANCELLED"
    return STATUS.get(FollowUp.State(follow_up.state), "CONFIRMED")


def _add_words(event: Event, follow_up: FollowUp, with_names: bool) -> None:
    """Without names a calendar that others see, or keep, learns the kind alone."""
    if not with_names:
        event.add("summary", follow_up.get_kind_display())
    else:
        about = follow_up.subject
        event.add("summary", follow_up.headline + (f": {about}" if about else ""))
        if follow_up.listing is not None and follow_up.listing.address:
            event.add("location", follow_up.listing.address)
    if settings.PUBLIC_URL:
        event.add("url", settings.PUBLIC_URL.rstrip("/") + words.address(follow_up))


def _add_stamps(event: Event, follow_up: FollowUp) -> None:
    at = changed_at(follow_up)
    event.add("dtstamp", at)
    event.add("last-modified", at)
    event.add("created", follow_up.made_at.astimezone(dt.UTC))
    event.add("sequence", follow_up.sequence)


def changed_at(follow_up: FollowUp) -> dt.datetime:
    known = [follow_up.set_at, follow_up.ended_at, follow_up.confirmed_at]
    return max(moment for moment in known if moment is not None).astimezone(dt.UTC)


def _add_times(event: Event, follow_up: FollowUp, zone: dt.tzinfo, *, moved: bool) -> None:
    if moved:
        begins = follow_up.due_on or follow_up.due.astimezone(_zone(follow_up, zone))
    else:
        begins = _rule_start(follow_up, zone)
    if isinstance(begins, dt.datetime):
        length = dt.timedelta(minutes=follow_up.minutes) if follow_up.minutes else USUAL_LENGTH
        event.add("dtstart", begins)
        event.add("duration", length)
    else:
        event.add("dtstart", begins)
        event.add("dtend", begins + dt.timedelta(days=1))


def _rule_start(follow_up: FollowUp, zone: dt.tzinfo) -> dt.date | dt.datetime:
    """The open occurrence as its rule means it: at the rule's own time, also where a clock that
    is moved shows another."""
    own = _zone(follow_up, zone)
    day = clock.day(follow_up.occurrence or follow_up.due, own)
    if follow_up.all_day:
        return day
    begins = clock.wall(follow_up.recurs_from or follow_up.due, own)
    return dt.datetime.combine(day, begins.time(), own)


def _zone(follow_up: FollowUp, zone: dt.tzinfo) -> dt.tzinfo:
    return clock.named(follow_up.zone) if follow_up.zone else zone


def _rule(follow_up: FollowUp, zone: dt.tzinfo) -> Any:
    """As it goes on from here: a count becomes the last occurrence, for some are over."""
    rule: Any = vRecur.from_ical(follow_up.rule)
    own = _zone(follow_up, zone)
    last: dt.datetime | None = None
    if (until := recurrence.until_of(follow_up.rule)) is not None:
        last = clock.end(until, own)
    elif follow_up.recurs_from is not None:
        last = recurrence.last(follow_up.rule, begins=follow_up.recurs_from, zone=own)
    if last is not None:
        rule.pop("COUNT", None)
        rule["UNTIL"] = [clock.day(last, own) if follow_up.all_day else last]
    return rule


def _alarm(minutes: int, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", dt.timedelta(minutes=-minutes))
    return alarm
