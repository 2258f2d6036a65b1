from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm.models import LiveMessage, Notification
from crm.notify import live
from crm.notify.keeping import prune
from crm.notify.sending import send_due
from crm.notify.services import mark_read, notify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "never_quiet", "mailbox")]


def test_prune_forgets_what_was_read_long_ago():
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        read = notify("call", title="read", key="1")
        notify("call", title="unread", key="2")
        send_due()
        mark_read(notification=read.id)
        notify("call", title="unsent", key="3")
    notify("call", title="new", key="4")
    assert prune() == 1
    assert set(Notification.objects.values_list("key", flat=True)) == {"2", "3", "4"}


def test_prune_forgets_what_pages_were_told():
    live.tell("notifications", {"unread": 1})
    LiveMessage.objects.update(at=timezone.now() - timedelta(minutes=11))
    live.tell("notifications", {"unread": 2})
    prune()
    assert [message.data["unread"] for message in LiveMessage.objects.all()] == [2]
