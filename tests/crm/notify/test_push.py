from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import (
    Notification,
    NotificationDelivery,
    NotificationPreference,
    NotificationRules,
    PushKey,
    PushSubscription,
    Trail,
)
from crm.notify import vapid
from crm.notify.sending import send_due
from crm.notify.services import notify
from tests.crm.notify.browser import PushService

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("never_quiet")]
SOMETHING = "Something new in Porchlight"


@pytest.fixture
def phone(signed_in: Client, push_service: PushService) -> str:
    return added(signed_in, push_service, "phone")


def added(client: Client, service: PushService, name: str) -> str:
    given = service.subscription(name)
    agent = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"
    client.post(reverse("push_add"), given, headers={"user-agent": agent})
    return given["endpoint"]


def tell(kind: str = "ring", key: str = "1") -> Notification:
    return notify(kind, title="Ana\nis here", body="She asks for the key.", url="/x/", key=key)


def delivery(key: str = "1") -> NotificationDelivery:
    return NotificationDelivery.objects.get(channel="push", notification__key=key)


def test_a_notice_reaches_the_browser_that_was_added(phone, push_service):
    tell()
    send_due()
    (message,) = push_service.messages
    assert (delivery().state, message.path) == ("sent", "/phone")
    assert message.headers["TTL"] == "86400"
    assert message.headers["Urgency"] == "normal"
    assert message.claims["sub"] == "https://porchlight.invalid"
    assert message.claims["k"] == vapid.public_key() == PushKey.objects.get().public
    device = PushSubscription.objects.get()
    assert device.last_ok_at is not None
    assert (device.label, device.failures) == ("Chrome on Android", 0)


def test_what_is_urgent_says_so_to_the_push_service(phone, push_service):
    tell("fire")
    send_due()
    assert push_service.messages[0].headers["Urgency"] == "high"


@pytest.mark.parametrize(
    ("says", "title", "body"),
    [
        ("nothing", SOMETHING, ""),
        ("kind", "Rings at the door", ""),
        ("title", "Ana is here", ""),
        ("all", "Ana is here", "She asks for the key."),
    ],
)
def test_a_push_says_what_the_owner_allows(phone, push_service, says, title, body):
    NotificationRules.objects.update(push_says=says)
    tell()
    send_due()
    assert push_service.messages[0].shown == {
        "title": title,
        "body": body,
        "url": "/x/",
        "tag": str(delivery().id),
    }


def test_a_long_notice_is_cut_and_fits(phone, push_service):
    NotificationRules.objects.update(push_says="all")
    notify("ring", title="🏠" * 200, body="🏠" * 4000, url="/x/", key="1")
    send_due()
    shown = push_service.messages[0].shown
    assert (len(shown["title"]), len(shown["body"])) == (120, 400)


def test_without_a_browser_nothing_is_sent_and_nothing_fails(signed_in, push_service):
    tell()
    send_due()
    assert (delivery().state, push_service.asked) == ("unwanted", [])


def test_a_kind_that_is_not_wanted_by_push_is_left_out(phone, push_service):
    NotificationPreference.objects.create(kind="ring", channel="push", wanted=False)
    tell()
    send_due()
    assert (delivery().state, push_service.asked) == ("unwanted", [])


def test_quiet_hours_hold_a_push_until_their_end(phone, push_service):
    now = timezone.now()
    NotificationRules.objects.update(quiet_from="00:00", quiet_until="23:59")
    tell()
    tell("fire", key="2")
    with time_machine.travel(now.replace(hour=4, minute=0), tick=False):
        NotificationDelivery.objects.update(due_at=timezone.now())
        send_due()
    assert (delivery().state, delivery("2").state) == ("waiting", "sent")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(phone, push_service, signed_in, status):
    added(signed_in, push_service, "laptop")
    push_service.answers["/phone"] = [status]
    tell()
    send_due()
    left = PushSubscription.objects.get()
    assert (delivery().state, left.endpoint) == ("sent", f"{push_service.url}/laptop")


def test_when_the_last_browser_is_gone_the_delivery_has_failed(phone, push_service):
    push_service.answers["/phone"] = [410]
    tell()
    send_due()
    assert delivery().state == "failed"
    assert delivery().last_error == "No browser is left to tell."
    assert not PushSubscription.objects.exists()


def test_only_the_browser_that_was_not_reached_is_asked_again(phone, push_service, signed_in):
    added(signed_in, push_service, "laptop")
    push_service.answers["/laptop"] = [503, 429]
    tell()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        send_due()
        late = PushSubscription.objects.get(endpoint_hash=f"{push_service.url}/laptop")
        assert (late.failures, late.last_error) == (1, "The push service is busy (503).")
        for _ in range(2):
            clock.shift(timedelta(seconds=60))
            send_due()
    assert push_service.asked == ["/phone", "/laptop", "/laptop", "/laptop"]
    assert (delivery().state, delivery().attempts) == ("sent", 3)
    late.refresh_from_db()
    assert (late.failures, late.last_error) == (0, "")
    assert {message.path for message in push_service.messages} == {"/phone", "/laptop"}


def test_a_refusal_is_not_tried_again_and_is_shown(phone, push_service, signed_in):
    push_service.answers["/phone"] = [403]
    tell()
    send_due()
    assert (delivery().state, push_service.asked) == ("failed", ["/phone"])
    page = signed_in.get(reverse("notification_settings")).text
    assert "The push service refuses it (403). Add it again." in page


def test_a_service_that_is_away_is_tried_again_later(phone, push_service):
    push_service.close()
    tell()
    send_due()
    assert (delivery().state, delivery().last_error) == (
        "waiting",
        "The push service did not answer.",
    )


def test_a_message_that_goes_twice_has_one_tag_and_one_topic(phone, push_service):
    tell()
    send_due()
    NotificationDelivery.objects.filter(channel="push").update(
        state="waiting", reached=[], due_at=timezone.now()
    )
    send_due()
    one, two = push_service.messages
    assert one.headers["Topic"] == two.headers["Topic"]
    assert one.shown["tag"] == two.shown["tag"]


def test_what_was_missed_comes_as_one_push(phone, push_service):
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        for number in range(5):
            tell(key=str(number))
    send_due()
    assert [message.shown["title"] for message in push_service.messages] == ["What you missed"]


def test_what_nobody_could_take_makes_no_digest(signed_in, push_service):
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        for number in range(5):
            tell(key=str(number))
    send_due()
    assert not Notification.objects.filter(kind="house.digest").exists()


def test_an_address_inside_is_never_asked(phone, push_service, settings):
    settings.OUTGOING_LOOPBACK = False
    tell()
    send_due()
    assert (push_service.asked, delivery().state) == ([], "failed")


def test_adding_the_same_browser_again_renews_its_keys(phone, push_service, signed_in):
    before = PushSubscription.objects.get()
    added(signed_in, push_service, "phone")
    after = PushSubscription.objects.get()
    assert (after.id, after.public != before.public) == (before.id, True)
    tell()
    send_due()
    assert len(push_service.messages) == 1
    assert Trail.objects.filter(kind="push.added").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://10.0.0.1:8443/x"},
        {"endpoint": "ftp://push.example/x"},
        {"endpoint": ""},
        {"public": "BAAA"},
        {"public": "*"},
        {"public": "AyVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"},
        {"secret": "c2hvcnQ"},
    ],
)
def test_what_is_no_subscription_is_refused_in_a_sentence(signed_in, push_service, settings, wrong):
    settings.OUTGOING_LOOPBACK = False
    given = push_service.subscription("phone") | {"endpoint": "https://push.example/x"} | wrong
    page = signed_in.post(reverse("push_add"), given, follow=True).text
    assert "The browser gave no address that can be told. Try again." in page
    assert not PushSubscription.objects.exists()


def test_ten_browsers_are_the_most(signed_in, push_service):
    for number in range(10):
        added(signed_in, push_service, f"phone{number}")
    page = signed_in.post(
        reverse("push_add"), push_service.subscription("eleventh"), follow=True
    ).text
    assert "There are 10 browsers already. Remove one first." in page
    assert PushSubscription.objects.count() == 10


def test_removing_a_device_ends_it(phone, push_service, signed_in):
    device = PushSubscription.objects.get()
    signed_in.post(reverse("push_remove", kwargs={"device": device.id}))
    assert not PushSubscription.objects.exists()
    assert Trail.objects.filter(kind="push.removed").count() == 1


def test_stopping_in_the_browser_ends_that_one(phone, push_service, signed_in):
    added(signed_in, push_service, "laptop")
    signed_in.post(reverse("push_stop"), {"endpoint": phone})
    assert PushSubscription.objects.get().endpoint == f"{push_service.url}/laptop"


def test_the_page_costs_as_many_queries_with_ten_browsers_as_with_one(
    signed_in, push_service, django_assert_num_queries
):
    added(signed_in, push_service, "phone")
    signed_in.get(reverse("notification_settings"))
    with CaptureQueriesContext(connection) as at_one:
        signed_in.get(reverse("notification_settings"))
    cost = len(at_one)
    for number in range(9):
        added(signed_in, push_service, f"phone{number}")
    signed_in.get(reverse("notification_settings"))
    with django_assert_num_queries(cost):
        signed_in.get(reverse("notification_settings"))
    assert cost <= 15


def test_the_key_is_made_once_and_its_private_half_is_sealed(signed_in):
    first = signed_in.post(reverse("push_key")).json()["key"]
    assert signed_in.post(reverse("push_key")).json()["key"] == first
    row = PushKey.objects.get()
    private = row.private
    stored = PushKey.objects.extra(select={"raw": "private"}).values_list("raw", flat=True).get()
    assert len(vapid.data(private)) == 32
    assert private.encode() not in bytes(stored)


def test_there_is_one_push_key(db):
    PushKey.objects.create(public="a", private="b")
    with pytest.raises(IntegrityError), transaction.atomic():
        PushKey.objects.create(public="c", private="d")
    with pytest.raises(IntegrityError, match="there_is_one_push_key"), transaction.atomic():
        PushKey.objects.update(only=False)


def test_a_device_has_all_that_telling_it_takes(phone):
    for name in ("public", "secret", "endpoint"):
        device = PushSubscription.objects.get()
        setattr(device, name, "")
        with pytest.raises(IntegrityError, match="a_device_can_be_told"), transaction.atomic():
            device.save()


def test_a_device_that_failed_says_why(phone):
    PushSubscription.objects.update(failures=1, last_error="It did not answer.")
    for wrong in ({"last_error": ""}, {"failures": 0}):
        with (
            pytest.raises(IntegrityError, match="a_device_that_failed_says_why"),
            transaction.atomic(),
        ):
            PushSubscription.objects.update(**wrong)


@pytest.mark.parametrize(
    ("public_url", "sender", "contact"),
    [
        ("https://crm.example.com", "Porchlight <me@example.com>", "https://crm.example.com"),
        ("", "Porchlight <me@example.com>", "mailto:me@example.com"),
        ("http://crm.example.com", "Porchlight <porchlight@localhost>", vapid.NOBODY),
    ],
)
def test_push_services_learn_whom_to_write_to(settings, public_url, sender, contact):
    settings.PUBLIC_URL, settings.DEFAULT_FROM_EMAIL = public_url, sender
    assert vapid.contact() == contact


def test_the_service_worker_and_the_manifest_open_to_all(client):
    script = client.get("/sw.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == "no-cache"
    assert "showNotification" in script.text
    assert client.get("/manifest.webmanifest").json()["display"] == "standalone"


def test_the_page_says_where_push_works(signed_in, settings):
    settings.PUBLIC_URL = ""
    assert "only a browser on this machine" in signed_in.get(reverse("notification_settings")).text
    settings.PUBLIC_URL = "https://crm.example.com"
    page = signed_in.get(reverse("notification_settings")).text
    assert "only a browser on this machine" not in page
