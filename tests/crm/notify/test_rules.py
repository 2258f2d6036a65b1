from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crm.models import NotificationDelivery, NotificationRules
from crm.notify import rules
from crm.notify.sending import send_due
from crm.notify.services import notify

pytestmark = pytest.mark.django_db


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(begin: time | None, end: time | None) -> None:
    NotificationRules.objects.update_or_create(defaults={"quiet_from": begin, "quiet_until": end})


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Asia/Manila", "2026-06-17 12:59", None),  # 20:59 there
        ("Asia/Manila", "2026-06-17 13:00", "2026-06-17 23:00"),
        ("Asia/Manila", "2026-06-17 22:59", "2026-06-17 23:00"),
        ("Asia/Manila", "2026-06-17 23:00", None),
        # The night in which the clock goes on is an hour shorter; the end is 7 by the wall.
        ("America/New_York", "2026-03-08 04:30", "2026-03-08 11:00"),
        ("America/New_York", "2026-11-01 04:30", "2026-11-01 12:00"),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall(monkeypatch, zone, now, until):
    quiet(time(21), time(7))
    monkeypatch.setattr(rules, "owner_zone", lambda: ZoneInfo(zone))
    assert rules.wishes().quiet_until(moment(now)) == (until and moment(until))


def test_quiet_hours_may_lie_within_a_day(monkeypatch):
    quiet(time(12), time(13))
    now = [
        rules.wishes().quiet_until(moment(f"2026-06-17 {hour}"))
        for hour in ("11:59", "12:30", "13:00")
    ]
    assert now == [None, moment("2026-06-17 13:00"), None]


def test_no_quiet_hours():
    quiet(None, None)
    assert rules.wishes().quiet_until(moment("2026-06-17 03:00")) is None


@pytest.mark.usefixtures("owner")
def test_mail_is_held_until_morning_and_urgent_mail_is_not(mailbox):
    # The owner's clock is eight hours ahead: half past eleven, then a minute to seven, then seven.
    quiet(time(21), time(7))
    with time_machine.travel(moment("2026-06-17 15:30"), tick=False) as clock:
        notify("call", title="Call", key="call:1")
        notify("lead", title="Lead", key="lead:1")
        send_due()
        night = dict(
            NotificationDelivery.objects.filter(notification__kind="call").values_list(
                "channel", "state"
            )
        )
        assert (night["page"], night["email"], len(mailbox.letters)) == ("sent", "waiting", 1)
        clock.move_to(moment("2026-06-17 22:59"))
        send_due()
        assert len(mailbox.letters) == 1
        clock.move_to(moment("2026-06-17 23:00"))
        send_due()
    assert len(mailbox.letters) == 2
