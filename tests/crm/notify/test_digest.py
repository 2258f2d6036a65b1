from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm.models import Notification, NotificationDelivery
from crm.notify.sending import send_due
from crm.notify.services import notify
from tests.crm.notify.conftest import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "never_quiet")]


def asleep(*, calls: int, leads: int = 0) -> None:
    """Due an hour ago, and nobody was there to send it."""
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        for number in range(calls):
            notify("call", title=f"Call {number}", key=f"call:{number}")
        for number in range(leads):
            notify("lead", title=f"Lead {number}", key=f"lead:{number}")


def test_what_was_missed_comes_as_one_letter(mailbox):
    asleep(calls=40, leads=2)
    send_due()
    text = text_of(mailbox.letters[0])
    assert len(mailbox.letters) == 1
    assert text.startswith("42 things while you were away\n\nCalls to make: 40\nNew leads: 2\n")
    by_mail = NotificationDelivery.objects.filter(channel="email").values_list("state", flat=True)
    assert Counter(by_mail) == {"folded": 42, "sent": 1}
    assert Notification.objects.shown().count() == 42


def test_a_few_that_were_missed_come_one_by_one(mailbox):
    asleep(calls=3)
    send_due()
    assert len(mailbox.letters) == 3


def test_many_that_are_just_due_come_one_by_one(mailbox):
    for number in range(6):
        notify("call", title="Call", key=f"call:{number}")
    send_due()
    assert len(mailbox.letters) == 6
