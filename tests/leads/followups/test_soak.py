"""2,000 reminders fall due while the real worker and the real beat are killed 30 times.

Run with `-m soak`; the figures are printed.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import random
import time
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.utils import timezone

from crm.models import Backup, NotificationDelivery, Tick
from leads.followups import kinds
from leads.models import FollowUpRules, Reminder
from tests.crm.events.worker import wait_until
from tests.crm.notify.killing import by_mail, in_the_page
from tests.crm.runtime.pair import Pair, pair
from tests.leads.followups.test_kills import claims, fall_due, plan

pytestmark = [
    pytest.mark.soak,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("owner", "never_quiet"),
]

AMOUNT, LAST, KILLS = 2000, 100, 30
# The first lives end at each of these by themselves, again and again, until all is killed.
PLACES = [
    "follow_ups.after_claim:1", "follow_ups.after_effect:30", "follow_ups.before_commit:1",
    "notify.after_claim:10", "notify.after_effect:10", "notify.before_commit:10",
]  # fmt: skip
# Seconds of work until the kill; starting takes as long again.
LONGEST, LIFE = 5.0, 12.0
KIND = kinds.DUE.name
DIED = "signal 9 (SIGKILL)"


@dataclass
class Storm:
    running: Pair
    in_flight: int = 0
    cut: set[UUID] = field(default_factory=set)
    # When it was over, and how long `up` would wait before it starts them again.
    over: float = 0.0
    pause: float = 0.0

    def live_and_die(self, armed: str) -> None:
        began = timezone.now()
        self.running.start(armed=armed)
        wait_until(lambda: at_work(since=began), seconds=90)
        time.sleep(random.uniform(0, LONGEST))
        self.over = time.monotonic()
        self.pause = self.running.kill()
        fresh = claims() - self.cut
        self.in_flight += bool(fresh)
        self.cut |= fresh

    @property
    def since(self) -> float:
        return time.monotonic() - self.over


def at_work(*, since: dt.datetime) -> bool:
    return Tick.objects.filter(name="leads.remind", started_at__gte=since).exists()


def told() -> int:
    sent = NotificationDelivery.objects.filter(notification__kind=KIND, channel="page")
    return sent.filter(state="sent").count()


def settled() -> bool:
    open_ones = NotificationDelivery.objects.filter(notification__kind=KIND)
    unsettled = open_ones.filter(state__in=["waiting", "claimed"])
    return not Reminder.objects.exclude(state="told").exists() and not unsettled.exists()


def nothing_else_happens() -> None:
    FollowUpRules.objects.create(morning_mail=False)
    now = timezone.now()
    Backup.objects.create(
        kind="scheduled", state="verified", folder="lately", started_at=now, finished_at=now
    )


def test_two_thousand_due_and_thirty_kills(mailbox, capsys):
    faulthandler.cancel_dump_traceback_later()  # it takes longer than others may
    nothing_else_happens()
    planned = plan(AMOUNT)
    fall_due(planned[:-LAST], over=KILLS * dt.timedelta(seconds=LIFE))
    with pair() as running:
        storm = Storm(running)
        # Harder than life: they are started again at once, but for the last time.
        for armed in [*PLACES, *[""] * (KILLS - len(PLACES))]:
            storm.live_and_die(armed)
        fall_due(planned[-LAST:])
        before = told()
        time.sleep(storm.pause)
        running.start()
        wait_until(lambda: told() > before, seconds=300)
        resumed = storm.since
        wait_until(settled, seconds=900)
        ended, died = storm.since, running.said().count(DIED)
    shown, letters = in_the_page(KIND), by_mail(mailbox, KIND)
    said = [
        f"2,000 due, {KILLS} kills of worker and beat, {storm.in_flight} hit work in flight;",
        f"{died} more ended by themselves at named places.",
        f"Page: {len(shown)} shown, {sum(shown) - len(shown)} doubled.",
        f"Mail: {len(letters)} letters, {sum(letters) - len(letters)} sent twice.",
        f"At the last kill {AMOUNT - before} were to come; `up` waits {storm.pause:.0f} s;",
        f"going on after {resumed:.0f} s, all told after {ended:.0f} s.",
    ]
    with capsys.disabled():
        print("", *said, sep="\n")
    assert shown == [1] * AMOUNT
    assert (len(letters), max(letters) <= 2) == (AMOUNT, True)
    assert sum(letters) - AMOUNT <= storm.in_flight + died
    # On an idle machine most of the random ones meet nothing; those at named places always do.
    assert storm.in_flight + died >= KILLS // 3
    assert resumed < 60
