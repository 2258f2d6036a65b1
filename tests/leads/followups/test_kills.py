"""Workers that die while they remind: in the page once, by mail at most twice, under one id."""

from __future__ import annotations

import datetime as dt
import signal
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from leads.followups import services
from leads.models import FollowUp, Reminder
from tests.crm.events.worker import kill_at_random, wait_until, worker
from tests.crm.notify.killing import all_settled, by_mail, in_flight, in_the_page
from tests.leads.factories import a_lead
from tests.leads.followups.worker import remind_and_send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("owner", "never_quiet"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

PLACES = ["follow_ups.after_claim", "follow_ups.after_effect", "follow_ups.before_commit"]
AN_HOUR = dt.timedelta(hours=1)


def plan(amount: int) -> list[UUID]:
    """Planned ahead, as they are."""
    lead, due = a_lead(), timezone.now() + AN_HOUR
    with transaction.atomic():
        return [
            services.plan(lead=lead, title=f"Call {number}", due=due, reminders=[0]).id
            for number in range(amount)
        ]


def fall_due(planned: list[UUID], *, over: dt.timedelta = dt.timedelta()) -> None:
    """Their time has come, one after the other."""
    step, now = over / len(planned), timezone.now()
    for number, follow_up in enumerate(planned):
        due = now + number * step
        Reminder.objects.filter(follow_up=follow_up).update(due_at=due, fires_at=due)


def all_told() -> bool:
    return not Reminder.objects.exclude(state="told").exists() and all_settled()


def claims() -> set[UUID]:
    reminders = Reminder.objects.filter(state="claimed").values_list("claim", flat=True)
    return {*reminders, *in_flight()}


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_place_tells_all(mailbox, place):
    fall_due(plan(5))
    with worker(armed=f"{place}:{3 if place == PLACES[1] else 1}", work=remind_and_send) as doomed:
        doomed.join(30)
        assert doomed.exitcode == -signal.SIGKILL
    assert Reminder.objects.filter(state="claimed").exists()
    with worker(work=remind_and_send):
        wait_until(all_told, seconds=120)
    assert in_the_page() == [1] * 5
    assert by_mail(mailbox) == [1] * 5


def test_a_hundred_due_and_four_kills(mailbox):
    fall_due(plan(100))
    cut = kill_at_random(
        kills=4, most_life=0.1, claims=claims, done=all_told, work=remind_and_send
    )  # fmt: skip
    with worker(work=remind_and_send):
        wait_until(all_told, seconds=120)
    letters = by_mail(mailbox)
    assert in_the_page() == [1] * 100
    assert (len(letters), max(letters) <= 2, sum(letters) - 100 <= len(cut)) == (100, True, True)
    assert FollowUp.objects.open().count() == 100
