"""The calendar feed as calendar programs read it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.urls import reverse

from crm.models import SecurityEvent
from leads.followups import feeds, services
from leads.models import CalendarFeed, Consent, FollowUp
from tests.leads.factories import a_lead, a_listing, an_email

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
NEW_YORK = ZoneInfo("America/New_York")
MANILA = ZoneInfo("Asia/Manila")
NOW = dt.datetime(2026, 10, 26, 12, tzinfo=MANILA)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def in_new_york(owner):
    owner.preferences.zone = "America/New_York"
    owner.preferences.save()


def path(**values) -> str:
    _, token = feeds.renew(**values)
    return reverse("followups:feed", args=[token])


def read(client, address) -> icalendar.Calendar:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return icalendar.Calendar.from_ical(answer.content)


def events(client, address):
    return read(client, address).walk("VEVENT")


def occurrences(client, address, first, last):
    found = recurring_ical_events.of(read(client, address)).between(first, last)
    return sorted(one["DTSTART"].dt for one in found)


def test_a_timed_one_has_zone_length_and_alarms(client):
    due = dt.datetime(2026, 10, 28, 10, 30, tzinfo=MANILA)
    planned = services.plan(lead=a_lead(), title="Ask", due=due, minutes=45)
    calendar = read(client, path())
    [event], [zone] = calendar.walk("VEVENT"), calendar.walk("VTIMEZONE")
    assert (event["UID"], event["SUMMARY"]) == (f"{planned.id}@porchlight", "Call")
    assert event["DTSTART"].dt == due
    assert event["DTSTART"].params["TZID"] == zone["TZID"] == "Asia/Manila"
    assert event["DURATION"].dt == dt.timedelta(minutes=45)
    alarms = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    assert alarms == [dt.timedelta(0), dt.timedelta(hours=-1)]


def test_names_are_said_only_when_that_was_chosen(client):
    home = a_listing(address="12 Acacia Lane, Lahug")
    services.plan(lead=a_lead(), title="Second look", kind="showing", listing=home,
                  due=NOW + dt.timedelta(days=1))  # fmt: skip
    bare = client.get(path()).content.decode()
    assert not any(word in bare for word in ("Dana", "Second", "Acacia", "Lahug"))
    [event] = events(client, path(with_names=True))
    assert event["SUMMARY"] == "Showing with Dana Whitfield: Second look, 12 Acacia Lane"
    assert (event["LOCATION"], event["STATUS"]) == ("12 Acacia Lane, Lahug", "TENTATIVE")


def test_a_day_is_a_day_with_its_alarm_at_nine(client):
    services.plan(lead=a_lead(), title="Send", due_on=dt.date(2026, 10, 30))
    [event] = events(client, path())
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        dt.date(2026, 10, 30),
        dt.date(2026, 10, 31),
    )
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [dt.timedelta(hours=9)]


@pytest.mark.usefixtures("in_new_york")
def test_what_repeats_keeps_its_hour_when_the_clock_is_moved(client):
    due = dt.datetime(2026, 10, 30, 9, tzinfo=NEW_YORK)
    services.plan(lead=None, title="Call", due=due, rule="FREQ=DAILY")
    found = occurrences(client, path(), dt.date(2026, 10, 30), dt.date(2026, 11, 4))
    assert [f"{one:%d %H:%M %z}" for one in found] == [
        "30 09:00 -0400", "31 09:00 -0400", "01 09:00 -0500", "02 09:00 -0500", "03 09:00 -0500",
    ]  # fmt: skip


@pytest.mark.usefixtures("in_new_york")
def test_programs_expand_a_rule_as_the_rows_will_come(client):
    begins = dt.datetime(2027, 3, 12, 2, 30, tzinfo=NEW_YORK)
    planned = services.plan(lead=None, title="Call", due=begins, rule="FREQ=DAILY;COUNT=4")
    found = occurrences(client, path(), dt.date(2027, 3, 1), dt.date(2027, 4, 1))
    rows, one = [], planned
    while one is not None:
        rows.append(one.due)
        one = services.finish(follow_up=one)
    assert [moment.astimezone(dt.UTC) for moment in found] == rows
    assert len(rows) == 4


def test_a_moved_occurrence_replaces_the_one_of_the_rule(client):
    due = dt.datetime(2026, 10, 27, 9, tzinfo=MANILA)
    planned = services.plan(lead=None, title="Call", due=due, rule="FREQ=DAILY;UNTIL=20261029")
    services.move(follow_up=planned, due=due + dt.timedelta(hours=5))
    found = occurrences(client, path(), dt.date(2026, 10, 1), dt.date(2026, 11, 30))
    assert [f"{one:%d %H:%M}" for one in found] == ["27 14:00", "28 09:00", "29 09:00"]


def test_an_update_has_a_larger_sequence_and_the_same_uid(client):
    planned = services.plan(lead=None, title="Call", due=NOW + dt.timedelta(days=1))
    address = path()
    [before] = events(client, address)
    services.move(follow_up=planned, due=NOW + dt.timedelta(days=2))
    [after] = events(client, address)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)


def test_a_dropped_one_is_cancelled_and_one_done_early_is_gone(client):
    dropped = services.plan(lead=None, title="Call", due=NOW + dt.timedelta(days=1))
    early = services.plan(lead=None, title="Call", due=NOW + dt.timedelta(days=1))
    services.drop(follow_up=dropped)
    services.finish(follow_up=early)
    assert [one["STATUS"] for one in events(client, path())] == ["CANCELLED"]


def test_nothing_new_costs_a_short_answer(client, at_noon):
    planned = services.plan(lead=a_lead(), title="Ask", due=NOW + dt.timedelta(days=1))
    address = path(with_names=True)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(address, headers=since).status_code == 304
    at_noon.shift(dt.timedelta(minutes=5))
    services.change(follow_up=planned, values={"title": "Ask again"})
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, b"Ask again" in changed.content) == (200, True)
    assert client.get(address, headers=since).status_code == 200


def test_a_new_address_ends_the_old_and_only_its_hash_is_kept(client):
    first, second = path(), path()
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1
    assert second.split("/")[-1].encode() not in bytes(CalendarFeed.objects.get().digest)
    feeds.end()
    assert client.get(second).status_code == 404


def test_asking_too_often_is_refused(client):
    address = path()
    codes = [client.get(address).status_code for _ in range(61)]
    assert (codes[:60], codes[60]) == ([200] * 60, 429)


def test_one_query_for_many(client, django_assert_max_num_queries):
    address = path()
    client.get(address)
    for number in range(30):
        services.plan(lead=a_lead(f"Lead {number}"), title="Ask", due=NOW + dt.timedelta(days=1))
    with django_assert_max_num_queries(8):
        client.get(address)


def test_an_invitation_says_where_and_when_and_nothing_of_the_person(signed_in):
    home = a_listing(address="12 Acacia Lane, Lahug")
    showing = services.plan(lead=a_lead(), title="Second look", kind="showing", listing=home,
                            due=NOW + dt.timedelta(days=1), notes="Haggles")  # fmt: skip
    answer = signed_in.get(reverse("followups:invitation", args=[showing.id]))
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SUMMARY"]) == ("PUBLISH", "Showing: 12 Acacia Lane")
    assert event["LOCATION"] == "12 Acacia Lane, Lahug"
    assert not any(word in answer.content for word in (b"Dana", b"Second", b"Haggles", b"VALARM"))


def invited(client, showing):
    """The file's method and its one event."""
    answer = client.get(reverse("followups:invitation", args=[showing.id]))
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert f"method={calendar['METHOD']}" in answer["Content-Type"]
    return calendar["METHOD"], event


def a_showing_for(lead):
    return services.plan(
        lead=lead, title="Second look", kind="showing", due=NOW + dt.timedelta(days=1)
    )


def test_whom_one_may_write_to_is_asked_told_of_changes_and_of_the_end(signed_in):
    lead = a_lead()
    an_email(lead, "dana@example.com")
    showing = a_showing_for(lead)
    method, asked = invited(signed_in, showing)
    assert (method, str(asked["ATTENDEE"])) == ("REQUEST", "MAILTO:dana@example.com")
    assert dict(asked["ATTENDEE"].params) == {
        "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE",
    }  # fmt: skip
    assert "ORGANIZER" in asked

    services.move(follow_up=showing, due=NOW + dt.timedelta(days=2))
    method, moved = invited(signed_in, showing)
    assert (method, moved["UID"]) == ("REQUEST", asked["UID"])
    assert moved["SEQUENCE"] > asked["SEQUENCE"]

    services.drop(follow_up=showing)
    method, gone = invited(signed_in, showing)
    assert (method, gone["STATUS"], gone["UID"]) == ("CANCEL", "CANCELLED", asked["UID"])
    assert gone["SEQUENCE"] > moved["SEQUENCE"]
    page = signed_in.get(reverse("people:lead", args=[lead.id])).content.decode()
    assert reverse("followups:invitation", args=[showing.id]) in page
    assert "Cancellation for their calendar" in page


@pytest.mark.parametrize("why", ["no address", "asked for peace", "refused", "bounced"])
def test_who_may_not_be_written_to_is_not_asked_by_name(signed_in, why):
    lead = a_lead(do_not_contact=why == "asked for peace")
    if why != "no address":
        bounced = NOW if why == "bounced" else None
        an_email(lead, "dana@example.com", bounced_at=bounced)
    if why == "refused":
        Consent.objects.create(lead=lead, channel="email", state="refused")
    method, event = invited(signed_in, a_showing_for(lead))
    assert (method, "ATTENDEE" in event) == ("PUBLISH", False)


def test_a_look_at_the_address_is_kept(signed_in):
    lead = a_lead()
    an_email(lead, "dana@example.com")
    before = SecurityEvent.objects.filter(kind="reveal").count()
    invited(signed_in, a_showing_for(lead))
    assert SecurityEvent.objects.filter(kind="reveal").count() == before + 1


def test_what_ended_long_ago_is_left_out(client, at_noon):
    gone = services.plan(lead=None, title="Call", due=NOW + dt.timedelta(hours=1))
    services.drop(follow_up=gone)
    at_noon.shift(dt.timedelta(days=31))
    assert events(client, path()) == []
    assert FollowUp.objects.count() == 1
