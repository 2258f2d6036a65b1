from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import DataKey, LiveMessage, Notification, NotificationDelivery
from crm.models.notification import ERASED
from crm.notify import services
from crm.notify.sending import send_due
from crm.notify.services import notify

pytestmark = pytest.mark.django_db


def test_notify_makes_one_row_for_each_channel():
    told = notify("call", title="Call Ramon", key="call:1")
    rows = NotificationDelivery.objects.order_by("channel").values_list("channel", "state")
    assert list(rows) == [("email", "waiting"), ("page", "waiting"), ("push", "waiting")]
    assert set(NotificationDelivery.objects.values_list("due_at", flat=True)) == {told.at}


def test_notify_with_the_same_key_tells_once():
    first = notify("call", title="Call Ramon", key="call:1")
    second = notify("call", title="Call Ramon again", key="call:1")
    assert first == second
    assert NotificationDelivery.objects.count() == 3


def test_notify_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="No kind knock"):
        notify("knock", title="Knock", key="knock:1")


def test_the_words_are_sealed():
    notify("call", title="Call Ramon", body="0917 555 0100", key="call:1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM crm_notification")
        row = b" ".join(
            value if isinstance(value, bytes) else str(value).encode()
            for value in (bytes(v) if isinstance(v, memoryview) else v for v in cursor.fetchone())
        )
    assert (b"Ramon" in row, b"555 0100" in row) == (False, False)
    assert Notification.objects.get().words == ("Call Ramon", "0917 555 0100")


def test_erasing_whom_it_is_about_erases_the_words():
    ramon = uuid4()
    notify("call", title="Call Ramon", about=ramon, key="call:1")
    notify("call", title="Call the bank", key="call:2")
    DataKey.objects.filter(subject_id=ramon).delete()
    from crm.vault.data_keys import memory

    memory.clear()
    assert [told.words for told in Notification.objects.order_by("key")] == [
        (ERASED, ""),
        ("Call the bank", ""),
    ]


def test_withdraw_takes_back_what_was_not_told():
    notify("call", title="Call Ramon", at=timezone.now() + timedelta(hours=1), key="call:1")
    assert services.withdraw(key="call:1")
    assert set(NotificationDelivery.objects.values_list("state", flat=True)) == {"unwanted"}
    assert not services.withdraw(key="call:1")


@pytest.mark.usefixtures("never_quiet", "owner", "mailbox")
def test_marking_read_tells_open_pages():
    for number in (1, 2):
        notify("call", title="Call", key=f"call:{number}")
    send_due()
    LiveMessage.objects.all().delete()
    services.mark_read(notification=Notification.objects.first().id)
    services.mark_all_read()
    services.mark_all_read()
    assert [message.data for message in LiveMessage.objects.order_by("id")] == [
        {"unread": 1},
        {"unread": 0},
    ]
