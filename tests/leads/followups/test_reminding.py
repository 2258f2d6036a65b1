"""Each reminder is told once: at its time, through the one sender, and not when it is over."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from crm.models import Notification, NotificationDelivery
from crm.notify import sending
from crm.vault.data_keys import Subject
from crm.vault.services import shred
from leads.followups import reminding, services
from leads.models import Reminder
from tests.leads.factories import a_lead, a_listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MANILA = ZoneInfo("Asia/Manila")
NOON = dt.datetime(2026, 6, 17, 12, tzinfo=MANILA)


@pytest.fixture
def at():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def told() -> list[str]:
    return [one.title for one in Notification.objects.order_by("id")]


def states() -> list[tuple[int, str]]:
    return list(Reminder.objects.order_by("fires_at").values_list("minutes_before", "state"))


def plan_call(**values):
    values.setdefault("due", NOON + dt.timedelta(hours=2))
    return services.plan(lead=a_lead(), title="Ask about the loan", **values)


def test_it_is_told_an_hour_before_and_at_the_time_and_no_more(at):
    plan_call()
    assert (reminding.remind_due(), told()) == (0, [])
    at.shift(dt.timedelta(hours=1))
    assert reminding.remind_due() == 1
    at.shift(dt.timedelta(hours=1))
    assert (reminding.remind_due(), reminding.remind_due()) == (1, 0)
    assert told() == ["Call Dana Whitfield: Wed 17 June, 14:00"] * 2
    assert states() == [(60, "told"), (0, "told")]


def test_it_says_what_it_is_about_and_leads_to_it(at):
    home = a_listing("12 Acacia Lane")
    planned = plan_call(kind="showing", listing=home, reminders=[0])
    at.shift(dt.timedelta(hours=2))
    reminding.remind_due()
    notice = Notification.objects.get()
    assert notice.words == (
        "Showing with Dana Whitfield: Wed 17 June, 14:00", "Ask about the loan, 12 Acacia Lane",
    )  # fmt: skip
    assert (notice.url, notice.about) == (f"/follow-ups/{planned.id}/", planned.lead_id)


def test_what_was_done_moved_or_whose_person_is_archived_is_not_told(at):
    done, moved, archived = plan_call(), plan_call(), plan_call()
    services.finish(follow_up=done)
    services.move(follow_up=moved, due=NOON + dt.timedelta(days=9))
    archived.lead.state = "archived"
    archived.lead.save()
    at.shift(dt.timedelta(hours=3))
    assert (reminding.remind_due(), told()) == (0, [])


def test_done_after_it_was_told_takes_back_what_was_not_sent(at):
    planned = plan_call(reminders=[0])
    at.shift(dt.timedelta(hours=2))
    reminding.remind_due()
    services.finish(follow_up=planned)
    deliveries = NotificationDelivery.objects.values_list("state", flat=True)
    assert set(deliveries) == {"unwanted"}


def test_of_an_erased_person_nothing_is_told(at):
    planned = plan_call()
    shred(subject=Subject("leads.lead", planned.lead_id))
    at.shift(dt.timedelta(hours=3))
    assert (reminding.remind_due(), told()) == (0, [])
    assert {state for _, state in states()} == {"withdrawn"}


def test_what_fails_is_tried_again_and_does_not_stop_the_others(at, monkeypatch):
    first, second = plan_call(reminders=[0]), plan_call(reminders=[0])
    say = reminding._say
    refuse = lambda reminder, follow_up, zone: (  # noqa: E731
        1 / 0 if follow_up.id == first.id else say(reminder, follow_up, zone)
    )
    at.shift(dt.timedelta(hours=2))
    monkeypatch.setattr(reminding, "_say", refuse)
    assert reminding.remind_due() == 1
    monkeypatch.setattr(reminding, "_say", say)
    failed = Reminder.objects.get(follow_up=first.id)
    assert (failed.state, failed.attempts) == ("waiting", 1)
    assert failed.last_error.startswith("ZeroDivisionError")
    at.shift(dt.timedelta(seconds=10))
    assert reminding.remind_due() == 1
    assert Reminder.objects.get(follow_up=second.id).state == "told"


def test_an_expired_lease_is_taken_over(at):
    plan_call(reminders=[0])
    at.shift(dt.timedelta(hours=2))
    assert len(reminding.claim_some()) == 1
    assert reminding.remind_due() == 0
    at.shift(reminding.LEASE)
    assert reminding.remind_due() == 1


def test_what_ends_its_worker_each_time_is_tried_less_and_less_often():
    assert [reminding.lease(number) / reminding.LEASE for number in (1, 3, 4, 5, 6)] == [
        1, 1, 2, 4, 8,
    ]  # fmt: skip
    assert reminding.lease(30_000) == reminding.LONGEST_PAUSE


def test_a_worker_that_lost_its_lease_tells_nothing(at):
    plan_call(reminders=[0])
    at.shift(dt.timedelta(hours=2))
    [slow] = reminding.claim_some()
    at.shift(reminding.LEASE)
    reminding.remind_due()
    assert reminding.tell(slow, MANILA) is False
    assert Notification.objects.count() == 1


def test_a_clock_three_days_on_tells_all_and_a_day_back_tells_nothing_twice(at):
    for hours in range(1, 6):
        plan_call(due=NOON + dt.timedelta(hours=hours), reminders=[0])
    at.shift(dt.timedelta(days=3))
    assert reminding.remind_due() == 5
    at.shift(-dt.timedelta(days=1))
    assert reminding.remind_due() == 0
    at.shift(-dt.timedelta(days=2))
    assert reminding.remind_due() == 0
    assert Notification.objects.count() == 5


def test_a_lease_from_a_clock_that_was_ahead_does_not_hold_for_a_day(at):
    plan_call(reminders=[0])
    at.shift(dt.timedelta(days=1))
    reminding.claim_some()
    at.shift(-dt.timedelta(hours=21))
    assert reminding.remind_due() == 1


def test_what_was_missed_while_away_comes_as_one_digest(at, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for hours in range(1, 9):
        plan_call(due=NOON + dt.timedelta(hours=hours), reminders=[0])
    at.shift(dt.timedelta(hours=20))
    reminding.remind_due()
    sending.send_due()
    from django.core import mail

    assert [("8 things" in letter.body) for letter in mail.outbox] == [True]


@pytest.mark.parametrize(("day", "fires"), [
    (dt.date(2026, 3, 8), "2026-03-08T13:00:00+00:00"),   # the clock skips an hour: 9 h is later
    (dt.date(2026, 11, 1), "2026-11-01T14:00:00+00:00"),  # and shows one twice
])  # fmt: skip
def test_a_day_is_reminded_of_at_nine_on_the_wall_also_when_the_clock_is_moved(owner, day, fires):
    owner.preferences.zone = "America/New_York"
    owner.preferences.save()
    with time_machine.travel("2026-01-01T12:00Z", tick=False):
        planned = services.plan(lead=None, title="Send the plan", due_on=day)
    [reminder] = Reminder.objects.filter(follow_up=planned.id)
    assert reminder.fires_at == dt.datetime.fromisoformat(fires)


def test_a_zone_that_the_database_does_not_know_costs_no_reminder():
    day = timezone.localdate() + dt.timedelta(days=2)
    planned = services.plan(lead=None, title="Send the plan", due_on=day)
    planned.zone = "Mars/Olympus_Mons"
    planned.save()
    [reminder] = Reminder.objects.filter(follow_up=planned.id, state="waiting")
    assert reminder.fires_at == dt.datetime.combine(day, dt.time(9), MANILA)
