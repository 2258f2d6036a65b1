"""The morning's and the evening's letter: once a local day, whatever the clock does."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from collections import Counter

import pytest
import time_machine

from crm.models import Notification
from crm.notify import sending
from leads.followups import clock, letters, services
from leads.models import FollowUpRules
from tests.leads.factories import a_lead
from tests.leads.followups.test_recurrence import changing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MANILA = zoneinfo.ZoneInfo("Asia/Manila")
SEVEN = dt.datetime(2026, 6, 17, 7, tzinfo=MANILA)


def both(**values):
    return FollowUpRules.objects.create(**{"evening_mail": True, **values})


def test_the_morning_says_what_is_ahead_and_what_is_late(mailbox, never_quiet):
    with time_machine.travel(SEVEN - dt.timedelta(days=2), tick=False):
        lead = a_lead()
        services.plan(lead=lead, title="Ask about the loan", due=SEVEN + dt.timedelta(hours=3))
        services.plan(lead=lead, title="Send the plan", due_on=SEVEN.date())
        services.plan(lead=lead, title="Thank them", kind="text", due=SEVEN - dt.timedelta(days=1))
    with time_machine.travel(SEVEN, tick=False):
        assert letters.send_due() == ["agenda:morning:2026-06-17"]
        assert letters.send_due() == []
    words = Notification.objects.get().words
    assert words[0] == "Wed 17 June: 2 follow-ups today, 1 late"
    assert words[1].splitlines() == [
        "Late", "Tue 16 June, 7:00  Text Dana Whitfield: Thank them", "",
        "Today", "Wed 17 June  Call Dana Whitfield: Send the plan",
        "Wed 17 June, 10:00  Call Dana Whitfield: Ask about the loan",
    ]  # fmt: skip
    with time_machine.travel(SEVEN, tick=True):
        sending.send_due()
    [letter] = mailbox.letters
    assert "Ask about the loan" in letter.get_body(("plain",)).get_content()


def test_the_evening_says_what_was_left():
    both()
    with time_machine.travel(SEVEN, tick=False):
        left = services.plan(lead=a_lead(), title="Ask", due=SEVEN + dt.timedelta(hours=2))
        done = services.plan(lead=a_lead("Ramon"), title="Ask", due=SEVEN + dt.timedelta(hours=3))
        services.finish(follow_up=done)
    with time_machine.travel(SEVEN + dt.timedelta(hours=11), tick=False):
        assert letters.send_due() == ["agenda:evening:2026-06-17"]
    assert Notification.objects.get().words == (
        "Wed 17 June: 1 done, 1 left", f"Left\nWed 17 June, 9:00  {left.headline}: Ask",
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "sent"), [(-0.01, 0), (0, 1), (10.9, 1), (11, 0)])
def test_a_morning_ends_when_the_evening_begins(hours, sent):
    with time_machine.travel(SEVEN + dt.timedelta(hours=hours), tick=False):
        assert len(letters.send_due()) == sent


def test_who_wants_none_gets_none():
    FollowUpRules.objects.create(morning_mail=False, evening_mail=False)
    with time_machine.travel(SEVEN + dt.timedelta(hours=12), tick=False):
        assert letters.send_due() == []


def test_erasing_somebody_takes_the_words_of_letters():
    with time_machine.travel(SEVEN, tick=False):
        services.plan(lead=a_lead(), title="Ask", due=SEVEN + dt.timedelta(hours=3))
        letters.send_due()
    letters.forget_words()
    assert Notification.objects.get().words[1] == ""


def live(rules, zone, start, days, *, chance, jumps) -> Counter[str]:
    """Ticks over some days, with the clock set back by hours in between; each key is taken once."""
    sent: Counter[str] = Counter()
    now, end, waiting = start, start + dt.timedelta(days=days), list(jumps)
    while now < end:
        for part, day in letters.due(now, rules, zone):
            sent[letters.key(part, day)] += 1
        now += dt.timedelta(minutes=chance.randint(5, 25))
        if waiting and chance.random() < 0.05:
            now -= dt.timedelta(hours=waiting.pop())
    return sent


def test_each_local_day_has_its_letters_wherever_a_clock_is_moved():
    """All zones of the zone database, at each change of 2026 and 2027."""
    chance = random.Random(17)
    for name, moved in changing():
        zone = zoneinfo.ZoneInfo(name)
        hour = chance.randint(0, 21)
        rules = FollowUpRules(
            morning_at=dt.time(hour, 30), evening_at=dt.time(hour + 1, 30), evening_mail=True
        )
        start = clock.beginning(clock.day(moved, zone) - dt.timedelta(days=1), zone)
        jumps = [chance.randint(1, 26) for _ in range(chance.randint(0, 2))]
        sent = live(rules, zone, start, 3, chance=chance, jumps=jumps)
        days = [clock.day(start, zone) + dt.timedelta(days=number) for number in range(2)]
        assert {letters.key(part, day) for day in days for part in ("morning", "evening")} <= {
            *sent
        }, (name, moved, hour)


def test_a_key_is_sent_once_though_the_clock_goes_back_and_forth():
    both()
    moments = [0, 0.5, 11, 12, 3, 25, 24, 1, 73, 72, 49]
    sent = [
        one for hours in moments for one in letters.send_due(now=SEVEN + dt.timedelta(hours=hours))
    ]
    assert sorted(sent) == [
        "agenda:evening:2026-06-17", "agenda:morning:2026-06-17", "agenda:morning:2026-06-18",
        "agenda:morning:2026-06-19", "agenda:morning:2026-06-20",
    ]  # fmt: skip
