from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import Notification, NotificationPreference, NotificationRules
from crm.notify import queries
from crm.notify.services import notify

pytestmark = pytest.mark.django_db


def shown(amount: int) -> list[Notification]:
    made = []
    for number in range(amount):
        told = notify("call", title=f"Call {number:02}.", url="/settings/", key=f"call:{number}")
        # Pairs at one moment: the cursor must tell them apart.
        told.shown_at = timezone.now() - timedelta(minutes=number // 2)
        told.save(update_fields=["shown_at"])
        made.append(told)
    return made


def test_notifications_come_in_pages_without_gap_or_double(signed_in):
    shown(65)
    titles, following = [], None
    while True:
        page, following = queries.page_of_notifications(before=following)
        titles += [told.title for told in page]
        if following is None:
            break
    assert (len(titles), len(set(titles))) == (65, 65)
    first = signed_in.get(reverse("notifications")).text
    assert (first.count('<li class="told"'), "Earlier" in first) == (30, True)


def test_notifications_cost_as_many_queries_at_1_as_at_30(signed_in):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            signed_in.get(reverse("notifications"))
        return len(asked)

    shown(1)
    at_one = cost()
    Notification.objects.all().delete()
    shown(30)
    assert cost() == at_one


def test_reading_one_goes_where_it_points_and_the_bell_counts_down(signed_in):
    told, _ = shown(2)
    bell = reverse("notification_bell")
    assert 'data-unread="2"' in signed_in.get(bell).text
    answer = signed_in.post(reverse("notification_read", kwargs={"notification": told.id}))
    assert answer.headers["Location"] == "/settings/"
    assert 'data-unread="1"' in signed_in.get(bell).text
    signed_in.post(reverse("notifications_read"))
    assert 'data-unread="0"' in signed_in.get(bell).text


def test_words_are_given_for_a_toast(signed_in):
    (told,) = shown(1)
    answer = signed_in.get(reverse("notification_words", kwargs={"notification": told.id}))
    assert answer.json() == {"title": "Call 00."}


def test_preferences_are_kept(signed_in):
    address = reverse("notification_settings")
    answer = signed_in.post(
        address,
        {
            "mail_says": "subject",
            "push_says": "all",
            "quiet_from": "22:00",
            "quiet_until": "06:30",
            "call:page": "on",
        },
    )
    assert answer.status_code == 302
    chosen = NotificationPreference.objects.filter(kind="call", wanted=True)
    assert set(chosen.values_list("channel", flat=True)) == {"page"}
    kept = NotificationRules.objects.get()
    assert (kept.mail_says, kept.push_says) == ("subject", "all")
    assert str(kept.quiet_until) == "06:30:00"


def test_half_of_the_quiet_hours_is_refused(signed_in):
    answer = signed_in.post(
        reverse("notification_settings"), {"mail_says": "inside", "quiet_from": "22:00"}
    )
    assert "Quiet hours need a beginning and an end" in answer.text
    assert NotificationRules.objects.count() == 0


def test_the_test_button_tells_once(signed_in):
    signed_in.post(reverse("notification_test"))
    assert Notification.objects.get().words[0] == "This is a test"
