"""Workers that die while they send: in the page once, by mail at most twice with one Message-ID."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from crm.models import NotificationDelivery, PushSubscription
from crm.notify import digest, sending
from crm.notify.services import notify
from tests.crm.events.worker import run, wait_until, worker
from tests.crm.notify.killing import all_settled, by_mail, in_the_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("owner", "never_quiet"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

PLACES = ["notify.after_claim", "notify.after_effect", "notify.before_commit"]


def send_all(armed: str, lease: float) -> None:
    digest.MORE_THAN = 1_000_000  # each by itself: this is about each of them
    run(sending, sending.send_due, armed, lease)


def tell(amount: int) -> None:
    for number in range(amount):
        notify("lead", title=f"Lead {number}", key=f"lead:{number}")


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_at_a_place_tells_all(mailbox, place):
    tell(3)
    with worker(armed=f"{place}:4", work=send_all) as doomed:
        doomed.join(30)
        assert doomed.exitcode == -signal.SIGKILL
    with worker(work=send_all):
        wait_until(all_settled)
    assert in_the_page() == [1, 1, 1]
    letters = by_mail(mailbox)
    assert (len(letters), sum(letters) <= 4) == (3, True)


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_while_it_pushes_tells_the_browser(push_service, place):
    PushSubscription.objects.create(label="Chrome", **push_service.subscription("phone"))
    for number in range(3):
        notify("ring", title=f"Ring {number}", key=f"ring:{number}")
    NotificationDelivery.objects.exclude(channel="push").delete()
    with worker(armed=f"{place}:2", work=send_all) as doomed:
        doomed.join(30)
        assert doomed.exitcode == -signal.SIGKILL
    with worker(work=send_all):
        wait_until(all_settled)
    tags = Counter(message.shown["tag"] for message in push_service.messages)
    assert (len(tags), sum(tags.values()) <= 4) == (3, True)
    assert set(NotificationDelivery.objects.values_list("state", flat=True)) == {"sent"}
