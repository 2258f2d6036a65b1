"""The two letters of a day: what is ahead in the morning, what was left in the evening.

Each has one key a local day, and the one sender takes a key once (crm/notify): however the clock
jumps, a day has at most one of each, and exactly one when the worker ran in that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from crm.models import Notification
from crm.notify import services as notices
from leads.followups import clock, kinds, queries, reminders, words
from leads.models import FollowUp, FollowUpRules

NAMED = 40
A_WHILE = dt.timedelta(hours=1)
MORNING, EVENING = "morning", "evening"


def send_due(*, now: dt.datetime | None = None) -> list[str]:
    """The tick. Answers the keys of what was handed to the sender."""
    now, zone = now or timezone.now(), clock.zone()
    write = {MORNING: _morning, EVENING: _evening}
    keys = {key(part, day): part for part, day in due(now, reminders.rules(), zone)}
    known = set(Notification.objects.filter(key__in=keys).values_list("key", flat=True))
    return [write[part](name, now, zone).key for name, part in keys.items() if name not in known]


def key(part: str, day: dt.date) -> str:
    return f"agenda:{part}:{day}"


def due(now: dt.datetime, rules: FollowUpRules, zone: dt.tzinfo) -> list[tuple[str, dt.date]]:
    """Which letters of which day should be out by now: a morning ends when the evening begins."""
    today = clock.day(now, zone)
    begins, ends = (clock.at(today, time, zone) for time in (rules.morning_at, rules.evening_at))
    # Where the clock skips an hour, both may fall on the end of it.
    morning = rules.morning_mail and begins <= now < max(ends, begins + A_WHILE)
    evening = rules.evening_mail and now >= ends
    return [(MORNING, today)] * morning + [(EVENING, today)] * evening


def forget_words() -> int:
    """Letters name several people: when one is erased, what was sent is not kept in words."""
    sent = Notification.objects.filter(kind__in=[kinds.MORNING.name, kinds.EVENING.name])
    return sum(_blank(one) for one in sent.iterator())


def _blank(letter: Notification) -> bool:
    letter.body = ""
    letter.save(update_fields=["body"])
    return True


def _morning(key: str, now: dt.datetime, zone: dt.tzinfo) -> Notification:
    day = queries.agenda(clock.day(now, zone), zone, now=now)
    today = [*day.all_day, *day.timed]
    parts = [_list("Late", day.overdue, zone), _list("Today", today, zone)]
    text = "\n\n".join(part for part in parts if part)
    return _hand_over(
        kinds.MORNING.name,
        key,
        title=f"{words.day_in_words(day.day)}: {_amount(len(today))} today"
        + (f", {len(day.overdue)} late" if day.overdue else ""),
        body=text or "Nothing is due today.",
        now=now,
    )


def _evening(key: str, now: dt.datetime, zone: dt.tzinfo) -> Notification:
    today = clock.day(now, zone)
    left = [*queries.overdue(now), *queries.agenda(today, zone, now=now).all_day]
    done = queries.finished(clock.beginning(today, zone), now)
    return _hand_over(
        kinds.EVENING.name,
        key,
        title=f"{words.day_in_words(today)}: {done} done, {len(left)} left",
        body=_list("Left", left, zone) or "Nothing is left of today.",
        now=now,
    )


def _amount(count: int) -> str:
    return "1 follow-up" if count == 1 else f"{count or 'no'} follow-ups"


def _list(name: str, found: Sequence[FollowUp], zone: dt.tzinfo) -> str:
    lines = [_line(one, zone) for one in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(f"and {len(found) - NAMED} more")
    return "\n".join([name, *lines]) if lines else ""


def _line(follow_up: FollowUp, zone: dt.tzinfo) -> str:
    what = ": ".join(filter(None, [follow_up.headline, follow_up.subject]))
    return f"{words.moment(follow_up, zone)}  {what}"[:160]


def _hand_over(kind: str, key: str, *, title: str, body: str, now: dt.datetime) -> Notification:
    address = reverse("followups:agenda")
    return notices.notify(kind, title=title, body=body[:4000], url=address, at=now, key=key)
