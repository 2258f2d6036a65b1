from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm.models import LiveMessage, Notification, NotificationDelivery, NotificationPreference
from crm.notify import rules, sending, services
from crm.notify.sending import claim_some, handle, send_due
from crm.notify.services import notify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "never_quiet")]


def states() -> dict[str, str]:
    return dict(NotificationDelivery.objects.values_list("channel", "state"))


def test_send_due_tells_the_page_and_the_mailbox(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    send_due()
    assert states() == {"page": "sent", "email": "sent", "push": "unwanted"}
    assert len(mailbox.letters) == 1
    told = Notification.objects.shown().get()
    assert [message.data for message in LiveMessage.objects.all()] == [
        {"unread": 1, "notification": str(told.id), "urgent": False}
    ]


def test_the_page_is_told_before_a_mail_server_was_asked(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    sending.show_due()
    assert (states(), mailbox.letters) == (
        {"page": "sent", "email": "waiting", "push": "waiting"}, [],
    )  # fmt: skip


def test_what_ends_its_worker_each_time_is_given_up(mailbox):
    notify("lead", title="Lead", key="lead:1")
    NotificationDelivery.objects.update(attempts=sending.MOST_ATTEMPTS)
    send_due()
    assert set(states().values()) == {"failed", "unwanted"}
    assert (mailbox.letters, Notification.objects.shown().count()) == ([], 0)


def test_what_is_not_due_waits(mailbox):
    due = timezone.now() + timedelta(days=3)
    notify("call", title="Call Ramon", at=due, key="call:1")
    send_due()
    assert set(states().values()) == {"waiting"}
    with time_machine.travel(due + timedelta(seconds=1)):
        send_due()
    assert (states()["page"], len(mailbox.letters)) == ("sent", 1)


def test_a_channel_that_is_not_wanted_is_left_out(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    NotificationPreference.objects.create(kind="call", channel="email", wanted=False)
    send_due()
    assert (states()["email"], mailbox.letters) == ("unwanted", [])


def test_what_was_read_in_the_page_is_not_mailed(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    Notification.objects.update(read_at=timezone.now())
    send_due()
    assert (states()["email"], mailbox.letters) == ("unwanted", [])


def test_a_server_that_is_away_is_tried_again_later(mailbox):
    mailbox.answers = ["451 try later", "451 try later"]
    notify("call", title="Call Ramon", key="call:1")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            send_due()
            clock.shift(timedelta(seconds=30))
    delivery = NotificationDelivery.objects.get(channel="email")
    assert (delivery.state, delivery.attempts, len(mailbox.letters)) == ("sent", 3, 1)
    assert "SMTPDataError" in delivery.last_error


def test_after_its_last_attempt_it_has_failed(mailbox):
    mailbox.answers = ["451 no"] * sending.MOST_ATTEMPTS
    notify("call", title="Call Ramon", key="call:1")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(sending.MOST_ATTEMPTS + 2):
            send_due()
            clock.shift(timedelta(hours=3))
    assert (states()["email"], mailbox.letters, mailbox.answers) == ("failed", [], [])


def test_a_claim_that_ran_out_is_taken_over_with_the_same_message_id(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    NotificationDelivery.objects.exclude(channel="email").delete()
    (late,) = claim_some()
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(seconds=1)):
        send_due()
    handle(late, rules.wishes())
    assert [letter["Message-ID"] for letter in mailbox.letters] == [late.message_id]


def test_withdrawn_is_never_sent(mailbox):
    notify("call", title="Call Ramon", key="call:1")
    services.withdraw(key="call:1")
    assert (send_due(), mailbox.letters, Notification.objects.shown().count()) == (0, [], 0)
