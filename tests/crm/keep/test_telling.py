"""What the owner hears of backups: each trouble once, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from crm.keep import nights, telling
from crm.models import Backup, Notification, NotificationRules
from crm.notify.sending import send_due
from tests.crm.keep.making import a_backup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MANILA = ZoneInfo("Asia/Manila")
FAILED = Backup.State.FAILED


@pytest.fixture(autouse=True)
def _heard_at_once(monkeypatch):
    NotificationRules.objects.create(quiet_from=None, quiet_until=None)
    monkeypatch.setattr(nights, "start", lambda *_words: None)


def titles() -> list[str]:
    """What was shown, in order."""
    send_due()
    return [told.words[0] for told in Notification.objects.shown().order_by("shown_at", "id")]


def test_hourly_failures_of_one_trouble_are_told_once_and_its_end_too():
    a_backup(days_ago=1)
    for hours in range(5, 1, -1):
        telling.failed(a_backup(state=FAILED, days_ago=hours / 24, error="The disk is full."))
    assert titles() == ["A backup failed"]
    telling.verified(a_backup())
    assert titles() == ["A backup failed", "Backups work again"]


def test_the_next_trouble_is_told_again():
    telling.failed(a_backup(state=FAILED, days_ago=3, error="The disk is full."))
    telling.verified(a_backup(days_ago=2))
    telling.failed(a_backup(state=FAILED, days_ago=1, error="The disk is full."))
    assert titles() == ["A backup failed", "A backup failed"]


def test_a_good_backup_after_a_good_one_says_nothing():
    a_backup(days_ago=1)
    telling.verified(a_backup())
    assert titles() == []


def test_one_that_could_not_be_verified_is_told_with_its_reason():
    telling.not_verified(a_backup(state=FAILED, error="12 rows of crm_owner differ."))
    assert titles() == ["A backup could not be verified"]
    assert "12 rows of crm_owner differ." in Notification.objects.get().words[1]


def overdue_at(moment: datetime, *, since: datetime) -> list[str]:
    with time_machine.travel(moment, tick=False):
        telling.overdue(now=timezone.now(), zone=MANILA, since=since)
        return titles()


def test_an_overdue_backup_is_told_once_after_a_time_of_grace():
    good = a_backup(days_ago=2)
    now = timezone.now()
    assert overdue_at(now, since=now) == []
    assert overdue_at(now + timedelta(hours=1), since=now) == []
    assert overdue_at(now + timedelta(hours=3), since=now) == ["A backup is overdue"]
    assert overdue_at(now + timedelta(hours=30), since=now) == ["A backup is overdue"]
    made = good.started_at.astimezone(MANILA)
    assert f"{made:%a %-d %B, %H:%M}" in Notification.objects.get().words[1]


def test_a_backup_of_last_night_is_not_overdue():
    a_backup(days_ago=1.4)
    overdue_at(timezone.now(), since=timezone.now())
    assert not Notification.objects.exists()


def test_a_machine_that_woke_late_and_then_backs_up_says_nothing():
    a_backup(days_ago=3)
    now = timezone.now()
    assert overdue_at(now, since=now) == []
    telling.written()
    assert overdue_at(now + timedelta(hours=3), since=now) == []


def test_a_house_without_any_backup_is_overdue_when_it_has_stood_long_enough(owner):
    now = timezone.now()
    overdue_at(now, since=now - timedelta(hours=35))
    assert not Notification.objects.exists()
    overdue_at(now, since=now - timedelta(hours=37))
    assert overdue_at(now + timedelta(hours=3), since=now) == ["A backup is overdue"]


def test_the_tick_looks_whether_one_is_overdue():
    a_backup(days_ago=2)
    nights.nightly()
    assert Notification.objects.get().words[0] == "A backup is overdue"
