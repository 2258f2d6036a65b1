"""What repeats goes on, whoever ended the one before; days stay days wherever the owner is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.followups import moving, series, services
from leads.models import CalendarFeed, FollowUp, FollowUpRules, Reminder
from tests.leads.factories import a_follow_up, a_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MANILA, LISBON = ZoneInfo("Asia/Manila"), ZoneInfo("Europe/Lisbon")


def tomorrow(hour=10):
    day = timezone.now().astimezone(MANILA).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour), MANILA)


def end_in_bulk(planned):
    FollowUp.objects.filter(id=planned.id).update(state="done", ended_at=timezone.now())


def test_what_ended_in_bulk_gets_its_next_one_by_the_tick_once():
    planned = services.plan(lead=a_lead(), title="Ask", due=tomorrow(), rule="FREQ=DAILY")
    end_in_bulk(planned)
    assert (series.make_missing(), series.make_missing()) == (1, 0)
    [following] = FollowUp.objects.open()
    assert (following.due, following.title) == (tomorrow() + dt.timedelta(days=1), "Ask")


def test_the_tick_makes_nothing_for_what_came_to_its_end_or_was_dropped_whole():
    ended = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=DAILY;COUNT=1")
    end_in_bulk(ended)
    whole = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=DAILY")
    services.drop(follow_up=whole, all_to_come=True)
    assert series.make_missing() == 0


def test_one_that_is_late_by_several_comes_once_and_ahead():
    planned = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=DAILY")
    past = tomorrow() - dt.timedelta(days=10)
    FollowUp.objects.filter(id=planned.id).update(due=past, occurrence=past, recurs_from=past)
    following = services.finish(follow_up=planned)
    assert timezone.now() < following.due <= timezone.now() + dt.timedelta(days=1)
    assert FollowUp.objects.open().count() == 1


def test_a_new_rule_begins_where_it_is_now():
    planned = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=DAILY")
    services.change(follow_up=planned, values={"rule": "FREQ=WEEKLY", "due": tomorrow(15)})
    planned.refresh_from_db()
    assert services.finish(follow_up=planned).due == tomorrow(15) + dt.timedelta(days=7)


def test_a_day_ends_where_the_owner_is(owner):
    day = tomorrow().date()
    planned = services.plan(lead=None, title="Send", due_on=day)
    owner.preferences.zone = "Europe/Lisbon"
    owner.preferences.save()
    assert (moving.keep_days(), moving.keep_days()) == (1, 0)
    planned.refresh_from_db()
    assert planned.due == dt.datetime.combine(day, dt.time(23, 59, 59), LISBON)
    waiting = Reminder.objects.get(follow_up=planned.id, state="waiting")
    assert waiting.fires_at == dt.datetime.combine(day, dt.time(9), LISBON)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "done"}, "what_ended_knows_when"),
        ({"ended_at": timezone.now()}, "what_ended_knows_when"),
        ({"rule": "FREQ=DAILY"}, "what_repeats_knows_from_when"),
    ],
)
def test_the_database_refuses_half_a_follow_up(values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        a_follow_up(None, **values)
    assert a_follow_up(None, state="done", ended_at=timezone.now()).pk


def test_a_series_is_open_once_at_a_time():
    planned = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=DAILY")
    with (
        pytest.raises(IntegrityError, match="a_series_is_open_once_at_a_time"),
        transaction.atomic(),
    ):
        a_follow_up(None, planned.due, series=planned.series)
    assert a_follow_up(None, tomorrow(12), series=planned.series).pk


def test_there_is_one_set_of_rules_and_one_feed():
    FollowUpRules.objects.create()
    with pytest.raises(IntegrityError, match="there_is_one_way_of_reminding"), transaction.atomic():
        FollowUpRules.objects.create(only=False)
    CalendarFeed.objects.create(digest=b"a")
    with pytest.raises(IntegrityError, match="there_is_one_calendar_feed"), transaction.atomic():
        CalendarFeed.objects.create(digest=b"b")
    with pytest.raises(IntegrityError, match="the_calendar_feed_is_the_only"), transaction.atomic():
        CalendarFeed.objects.create(digest=b"b", only=False)
    rules = FollowUpRules(evening_at=dt.time(23, 1))
    with pytest.raises(IntegrityError, match="the_evening_begins_by_23"), transaction.atomic():
        rules.save(force_update=True)
    FollowUpRules(evening_at=dt.time(23)).save(force_update=True)
    rules = FollowUpRules(morning_at=dt.time(19))
    with pytest.raises(IntegrityError, match="the_morning_is_before"), transaction.atomic():
        rules.save(force_update=True)


def test_an_occurrence_has_one_reminder_of_a_kind():
    planned = services.plan(lead=None, title="Ask", due=tomorrow(), reminders=[0, 0, 60])
    rows = Reminder.objects.filter(follow_up=planned.id)
    assert sorted(rows.values_list("minutes_before", flat=True)) == [0, 60]
    again = rows[0]
    again.pk = None
    with (
        pytest.raises(IntegrityError, match="an_occurrence_is_reminded_of_once"),
        transaction.atomic(),
    ):
        Reminder.objects.create(
            follow_up=again.follow_up, minutes_before=again.minutes_before,
            occurrence=again.occurrence, fires_at=again.fires_at, due_at=again.due_at,
        )  # fmt: skip
