"""What is planned, done, moved and put off, and what the database's reminders do along."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.audit.services import operation
from crm.audit.undo import undo
from crm.models import Event
from leads.followups import services
from leads.followups.recurrence import BadRule
from leads.models import FollowUp, Reminder
from tests.leads.factories import a_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MANILA = ZoneInfo("Asia/Manila")


def in_days(days: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def at_ten(days: int) -> dt.datetime:
    day = timezone.now().astimezone(MANILA).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(10), MANILA)


def waiting(follow_up) -> list[tuple[int, dt.datetime]]:
    rows = Reminder.objects.filter(follow_up=follow_up.id, state="waiting").order_by("fires_at")
    return [(row.minutes_before, row.fires_at) for row in rows]


def told_kinds(lead) -> list[str]:
    return list(
        Event.objects.filter(subject=lead.id).order_by("number").values_list("kind", flat=True)
    )


def test_a_plan_is_reminded_of_as_the_owner_prefers():
    lead, due = a_lead(), at_ten(2)
    planned = services.plan(lead=lead, title="Call about the loan", due=due)
    assert waiting(planned) == [(60, due - dt.timedelta(hours=1)), (0, due)]
    assert told_kinds(lead) == ["follow_up.planned"]
    lead.refresh_from_db()
    assert lead.next_follow_up_at == due


def test_a_day_is_over_at_its_end_and_reminded_of_at_nine():
    day = timezone.now().astimezone(MANILA).date() + dt.timedelta(days=3)
    planned = services.plan(lead=a_lead(), title="Send the plan", due_on=day)
    assert planned.due == dt.datetime.combine(day, dt.time(23, 59, 59), MANILA)
    assert waiting(planned) == [(-540, dt.datetime.combine(day, dt.time(9), MANILA))]


@pytest.mark.parametrize("given", [{}, {"due": in_days(1), "due_on": dt.date(2030, 1, 1)}])
def test_neither_or_both_moments_are_refused(given):
    with pytest.raises(ValueError, match="at a moment or on a day"):
        services.plan(lead=None, title="Call", **given)


def test_what_should_have_been_reminded_of_before_it_was_planned_is_not():
    planned = services.plan(lead=None, title="Call", due=in_days(0.02))
    assert [minutes for minutes, _ in waiting(planned)] == [0]


def test_done_withdraws_and_a_second_click_changes_nothing():
    lead = a_lead()
    planned = services.plan(lead=lead, title="Call", due=at_ten(1))
    assert services.finish(follow_up=planned, outcome="reached", actual_minutes=5) is None
    services.finish(follow_up=planned, outcome="no_answer")
    planned.refresh_from_db()
    assert (planned.state, planned.outcome, planned.actual_minutes) == ("done", "reached", 5)
    assert waiting(planned) == []
    assert told_kinds(lead) == ["follow_up.planned", "follow_up.done"]


def test_a_moved_one_is_reminded_of_at_its_new_time_only():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1))
    services.move(follow_up=planned, due=at_ten(4))
    assert waiting(planned) == [(60, at_ten(4) - dt.timedelta(hours=1)), (0, at_ten(4))]
    states = Reminder.objects.filter(follow_up=planned.id, occurrence=at_ten(1))
    assert [row.state for row in states] == ["withdrawn", "withdrawn"]


def test_undoing_a_move_brings_its_reminders_back():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1))
    with operation("Snooze") as made:
        services.snooze(follow_up=planned, choice="month")
    undo(made)
    planned.refresh_from_db()
    assert (planned.due, planned.snoozes) == (at_ten(1), 0)
    assert waiting(planned) == [(60, at_ten(1) - dt.timedelta(hours=1)), (0, at_ten(1))]


def test_undoing_a_plan_removes_it_though_it_was_reminded_of():
    with operation("Plan") as made:
        planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1))
    Reminder.objects.filter(minutes_before=60).update(state="told")
    assert undo(made).left == []
    assert not FollowUp.objects.filter(id=planned.id).exists()
    assert not Reminder.objects.exists()


def test_what_repeats_comes_again_when_it_is_done():
    planned = services.plan(
        lead=a_lead(), title="Call", due=at_ten(1), rule="FREQ=DAILY;INTERVAL=2"
    )
    following = services.finish(follow_up=planned)
    assert (following.due, following.series, following.title) == (at_ten(3), planned.id, "Call")
    assert [minutes for minutes, _ in waiting(following)] == [60, 0]


def test_undoing_done_takes_the_next_one_back():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1), rule="FREQ=DAILY")
    with operation("Done") as made:
        services.finish(follow_up=planned)
    assert undo(made).left == []
    assert [one.id for one in FollowUp.objects.open()] == [planned.id]


def test_a_moved_occurrence_leaves_the_series_where_it_was():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1), rule="FREQ=WEEKLY")
    services.move(follow_up=planned, due=at_ten(3))
    assert services.finish(follow_up=planned).due == at_ten(8)


def test_an_ended_rule_has_no_next():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1), rule="FREQ=DAILY;COUNT=1")
    assert services.finish(follow_up=planned) is None


def test_a_series_is_dropped_one_by_one_or_whole():
    planned = services.plan(lead=a_lead(), title="Call", due=at_ten(1), rule="FREQ=DAILY")
    following = services.drop(follow_up=planned)
    assert following.due == at_ten(2)
    assert services.drop(follow_up=following, all_to_come=True) is None
    assert not FollowUp.objects.open().exists()


def test_what_repeats_on_days_goes_on_on_days():
    day = at_ten(1).date()
    planned = services.plan(lead=a_lead(), title="Read the news", due_on=day, rule="FREQ=DAILY")
    assert services.finish(follow_up=planned).due_on == day + dt.timedelta(days=1)


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "nonsense", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_bad_rule_is_refused_and_nothing_is_planned(rule):
    with pytest.raises(BadRule):
        services.plan(lead=a_lead(), title="Call", due=at_ten(1), rule=rule)
    assert not FollowUp.objects.exists()


def test_a_reassigned_one_is_sealed_for_its_new_person():
    first, second = a_lead(), a_lead("Ramon Villareal")
    planned = services.plan(lead=first, title="Call", due=at_ten(1))
    services.reassign(follow_up=planned, lead=second)
    moved = FollowUp.objects.get()
    assert (moved.lead, moved.title) == (second, "Call")
    assert moved.data_key == second.data_key
    first.refresh_from_db()
    assert first.next_follow_up_at is None
