"""Workers that die while they remind: in the page once, by mail at most twice, under one id."""

from __future__ import annotations

import datetime as dt
import random
import signal
import time
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from crm.models import NotificationDelivery
from leads.followups import services
from leads.models import FollowUp, Reminder
from tests.crm.events.test_kills import wait_until
from tests.crm.events.worker import start, worker
from tests.crm.notify.test_kills import by_mail, in_the_page
from tests.leads.factories import a_lead
from tests.leads.followups.worker import remind_and_send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("owner", "never_quiet"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

PLACES = ["follow_ups.after_claim", "follow_ups.after_effect", "follow_ups.before_commit"]


def plan_due(amount: int) -> None:
    """Planned ahead, as they are, and then their time has come."""
    lead, due = a_lead(), timezone.now() + dt.timedelta(hours=1)
    with transaction.atomic():
        for number in range(amount):
            services.plan(lead=lead, title=f"Call {number}", due=due, reminders=[0])
    now = timezone.now()
    Reminder.objects.update(due_at=now, fires_at=now)


def all_told() -> bool:
    unsettled = NotificationDelivery.objects.filter(state__in=["waiting", "claimed"])
    return not (Reminder.objects.exclude(state="told").exists() or unsettled.exists())


def claims() -> set[UUID]:
    reminders = Reminder.objects.filter(state="claimed").values_list("claim", flat=True)
    letters = NotificationDelivery.objects.filter(state="claimed").values_list("claim", flat=True)
    return {*reminders, *letters}


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_place_tells_all(mailbox, place):
    plan_due(5)
    with worker(armed=f"{place}:{3 if place == PLACES[1] else 1}", work=remind_and_send) as doomed:
        doomed.join(30)
        assert doomed.exitcode == -signal.SIGKILL
    assert Reminder.objects.filter(state="claimed").exists()
    with worker(work=remind_and_send):
        wait_until(all_told, seconds=120)
    assert in_the_page() == [1] * 5
    assert by_mail(mailbox) == [1] * 5


def kill_at_random(kills: int, longest: float) -> set[UUID]:
    """What was in flight when the kills came."""
    cut: set[UUID] = set()
    for _ in range(kills):
        process = start(work=remind_and_send)
        wait_until(lambda: bool(claims() - cut) or all_told())  # noqa: B023  (called at once)
        time.sleep(random.uniform(0, longest))
        process.kill()
        process.join(10)
        cut |= claims()
    return cut


def test_a_hundred_due_and_four_kills(mailbox):
    plan_due(100)
    cut = kill_at_random(4, 0.1)
    with worker(work=remind_and_send):
        wait_until(all_told, seconds=120)
    letters = by_mail(mailbox)
    assert in_the_page() == [1] * 100
    assert (len(letters), max(letters) <= 2, sum(letters) - 100 <= len(cut)) == (100, True, True)
    assert FollowUp.objects.open().count() == 100


@pytest.mark.soak
def test_two_thousand_due_and_thirty_kills(mailbox, capsys):
    plan_due(2000)
    cut = kill_at_random(30, 0.9)
    killed = time.monotonic()
    with worker(work=remind_and_send):
        wait_until(all_told, seconds=500)
    letters = by_mail(mailbox)
    with capsys.disabled():
        print(f"\n2,000 due, 30 kills, {len(cut)} hit work in flight; ", end="")
        print(f"page: {len(in_the_page())} shown; mail: {len(letters)}, ", end="")
        print(f"{sum(letters) - len(letters)} twice; ended {time.monotonic() - killed:.0f} s later")
    assert in_the_page() == [1] * 2000
    assert (len(letters), max(letters) <= 2) == (2000, True)
    assert sum(letters) - 2000 <= len(cut)
