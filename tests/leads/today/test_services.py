from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.audit.undo import undo
from crm.models import Event, LiveMessage, Notification, Operation
from crm.notify.sending import show_due
from crm.runtime.ticks import Poke
from leads.models import FollowUp, PutOff, TodayCount
from leads.people.services import TYPED, add_lead
from leads.timeline.services import log
from leads.today import counting, services, telling
from leads.today.day import Day
from leads.today.queue import found_today
from tests.leads.factories import a_follow_up, a_lead, a_talk
from tests.leads.today.making import somebody_waiting

pytestmark = pytest.mark.django_db


def today(**given: float) -> Day:
    return Day(timezone.now() + dt.timedelta(**given), ZoneInfo("Asia/Manila"))


def names(lead, **given: float):
    return sorted(reason.rule.name for reason in found_today(today(**given), lead=lead.id))


def test_done_ends_what_was_due_and_lets_the_rest_rest():
    lead = somebody_waiting()
    late = a_follow_up(lead, timezone.now() - dt.timedelta(days=2))
    assert names(lead) == ["overdue", "unanswered"]

    services.done(lead=lead, day=today())

    late.refresh_from_db()
    assert (late.state, names(lead), names(lead, days=13)) == ("done", [], [])
    assert Event.objects.filter(kind="follow_up.done").count() == 1
    assert Event.objects.get(kind="lead.done").data == {"reasons": ["overdue", "unanswered"]}
    assert LiveMessage.objects.filter(name="today").exists()


def test_done_ends_what_today_says_and_leaves_what_stands_behind_it():
    lead = a_lead(stage="contacted")
    _, second = (
        a_follow_up(lead, timezone.now() - dt.timedelta(seconds=sooner)) for sooner in (2, 1)
    )
    services.done(lead=lead, day=today())
    assert list(FollowUp.objects.open()) == [second]
    assert names(lead) == ["due"]
    services.done(lead=lead, day=today())
    assert (names(lead), FollowUp.objects.filter(state="done").count()) == ([], 2)


def test_a_new_lead_is_announced_unless_the_owner_has_typed_them_in(owner):
    add_lead(name="Jasmine Uy")
    add_lead(name="Ramon Villareal", origin=TYPED)
    for event in Event.objects.filter(kind="lead.added"):
        telling.announce(event)
    assert [notice.title for notice in Notification.objects.all()] == ["New lead: Jasmine Uy"]


def test_whom_somebody_tried_is_no_news_any_more(owner):
    lead = add_lead(name="Jasmine Uy")
    telling.announce(Event.objects.get(kind="lead.added"))
    show_due()
    log(lead=lead, kind="call", outcome="no_answer")
    telling.answered(Event.objects.get(kind="interaction.logged"))
    told = Notification.objects.get()
    states = set(told.deliveries.exclude(channel="page").values_list("state", flat=True))
    assert (told.read_at is not None, states) == (True, {"unwanted"})


def test_done_confirms_a_showing_and_leaves_it_planned():
    lead = a_lead(stage="showing")
    showing = a_follow_up(lead, timezone.now() + dt.timedelta(minutes=5), kind="showing")
    services.done(lead=lead, day=today())
    showing.refresh_from_db()
    assert (showing.state, showing.confirmed_at is not None, names(lead)) == ("open", True, [])


def test_a_new_lead_that_was_done_is_back_the_next_day_unless_somebody_tried():
    lead = a_lead()
    services.done(lead=lead, day=today())
    assert (names(lead), names(lead, days=1)) == ([], ["new"])
    a_talk(lead)
    assert names(lead, days=1) == []


def test_done_a_second_time_does_nothing():
    lead = somebody_waiting()
    assert services.done(lead=lead, day=today()) is not None
    assert services.done(lead=lead, day=today()) is None


def test_done_can_be_undone():
    lead = somebody_waiting()
    late = a_follow_up(lead, timezone.now() - dt.timedelta(days=2))
    operation = services.done(lead=lead, day=today())
    undo(operation)
    assert names(lead) == ["overdue", "unanswered"]
    assert FollowUp.objects.get(id=late.id).is_open
    assert not PutOff.objects.exists()


def test_who_is_put_off_twice_is_put_off_until_the_later_choice_and_undo_knows_the_first():
    lead = somebody_waiting()
    first, second = (timezone.now() + dt.timedelta(hours=hours) for hours in (1, 5))
    services.put_off(lead=lead, until=first, day=today())
    operation = services.put_off(lead=lead, until=second, day=today())
    assert PutOff.objects.get().until == second
    undo(operation)
    assert PutOff.objects.get().until == first


def test_one_reason_can_be_put_off_alone():
    lead = somebody_waiting()
    a_follow_up(lead, timezone.now() - dt.timedelta(days=2))
    until = timezone.now() + dt.timedelta(days=30)
    services.put_off(lead=lead, until=until, day=today(), rule="overdue")
    assert names(lead) == ["unanswered"]


def test_the_count_is_kept_and_written_only_when_it_is_another():
    somebody_waiting()
    assert (counting.count_anew(), TodayCount.objects.get().people) == (1, 1)
    before = TodayCount.objects.get().counted_at
    counting.count_anew()
    assert TodayCount.objects.get().counted_at == before
    a_lead("Another")
    counting.count_anew()
    assert TodayCount.objects.get().people == 2


def test_an_undo_has_the_count_made_anew(django_capture_on_commit_callbacks):
    services.put_off(
        lead=somebody_waiting(), until=timezone.now() + dt.timedelta(days=1), day=today(), rule=""
    )
    with django_capture_on_commit_callbacks() as asked:
        undo(Operation.objects.get().id)
    assert Poke(counting.TICK) in asked
