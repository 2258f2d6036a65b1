"""What repeats: iCalendar rules, counted by the clock on the wall and then put into its zone."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from leads.followups import clock

HOW_OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
LONGEST = 300
WIDEST = 99
# Nothing that is asked for by hand needs to be looked for further ahead.
FARTHEST = dt.timedelta(days=366 * 40)

NOT_A_RULE = "This is no rule for repeating. Write it like FREQ=WEEKLY;BYDAY=MO."
TOO_OFTEN = "Once a day is the most. Choose daily, weekly, monthly or yearly."
NOT_KNOWN = "Rules with {} are not understood here. Use days, weekdays, months, a count or an end."
TOO_WIDE = f"Repeat at most every {WIDEST} days, weeks, months or years."
NO_MIX = "{} can't be mixed with {}. Choose one of them."
NEVER = "This would never come up. Choose days that exist."
ENDS_TWICE = "Give a number of times or a last day, not both."


class BadRule(ValueError):
    """Says in one sentence what is wrong, for the field."""


def cleaned(text: str, *, begins: dt.datetime) -> str:
    """The rule as it is kept, or why it can't be. `begins` is what the clock shows at its start."""
    parts = _parts(text)
    _judge(parts)
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    if first(rule, begins=begins) is None:
        raise BadRule(NEVER)
    return rule


def _parts(text: str) -> dict[str, str]:
    text = text.strip().upper().removeprefix("RRULE:")
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if len(text) > LONGEST or "FREQ" not in parts or len(parts) != len(pairs):
        raise BadRule(NOT_A_RULE)
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]  # a day: the last moment of it is meant
    return parts


def _judge(parts: dict[str, str]) -> None:
    if parts["FREQ"] in ("HOURLY", "MINUTELY", "SECONDLY") or parts.keys() & {
        "BYHOUR", "BYMINUTE", "BYSECOND"
    }:  # fmt: skip
        raise BadRule(TOO_OFTEN)
    if parts["FREQ"] not in HOW_OFTEN:
        raise BadRule(NOT_A_RULE)
    if strange := sorted(parts.keys() - KNOWN):
        raise BadRule(NOT_KNOWN.format(strange[0]))
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRule(ENDS_TWICE)
    _judge_numbers(parts)
    _judge_mixture(parts)


def _judge_numbers(parts: dict[str, str]) -> None:
    try:
        numbers = {
            name: [int(number) for number in parts[name].split(",")]
            for name in ("INTERVAL", "COUNT", "BYMONTHDAY", "BYMONTH", "BYSETPOS")
            if name in parts
        }
        if "UNTIL" in parts:
            dt.date.fromisoformat(parts["UNTIL"])
    except ValueError:
        raise BadRule(NOT_A_RULE) from None
    if not 1 <= numbers.get("INTERVAL", [1])[0] <= WIDEST:
        raise BadRule(TOO_WIDE)
    if not 1 <= numbers.get("COUNT", [1])[0] <= 10_000:
        raise BadRule(NOT_A_RULE)
    months = numbers.get("BYMONTH", list(range(1, 13)))
    if not all(1 <= month <= 12 for month in months):
        raise BadRule(NEVER)
    days = numbers.get("BYMONTHDAY", [1])
    longest = max(_LENGTHS[month - 1] for month in months)
    if not all(1 <= abs(day) <= 31 for day in days) or not any(abs(d) <= longest for d in days):
        raise BadRule(NEVER)


_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _judge_mixture(parts: dict[str, str]) -> None:
    """Mixtures that may never meet, so that looking for the next one always comes to an end."""
    every = int(parts.get("INTERVAL", "1"))
    freq, narrowed = parts["FREQ"], parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH"}
    if freq == "DAILY" and every > 1 and narrowed:
        raise BadRule(NO_MIX.format(f"Every {every} days", "certain days"))
    if freq == "WEEKLY" and ("BYMONTHDAY" in parts or (every > 1 and "BYMONTH" in parts)):
        raise BadRule(NO_MIX.format("Weeks", "days of a month"))
    if "BYSETPOS" in parts and freq in ("DAILY", "WEEKLY"):
        raise BadRule(NO_MIX.format("A place in the set", "days and weeks"))
    if freq in ("DAILY", "WEEKLY") and any(sign in parts.get("BYDAY", "") for sign in "0123456789"):
        raise BadRule(NO_MIX.format("The first or last weekday", "days and weeks"))


@lru_cache(maxsize=256)
def _read(rule: str, begins: dt.datetime) -> rrule:
    try:
        if (until := until_of(rule)) is not None:
            rule = rule.replace(f"UNTIL={until:%Y%m%d}", f"UNTIL={until:%Y%m%d}T235959")
        found = rrulestr(rule, dtstart=begins, cache=False)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise BadRule(NOT_A_RULE) from None
    if not isinstance(found, rrule):
        raise BadRule(NOT_A_RULE)
    return found


def until_of(rule: str) -> dt.date | None:
    value = dict(pair.split("=", 1) for pair in rule.split(";")).get("UNTIL")
    return dt.date.fromisoformat(value) if value else None


def first(rule: str, *, begins: dt.datetime) -> dt.datetime | None:
    """The first time that the clock shows an occurrence, from its beginning on."""
    return _near(_read(rule, begins).after(begins, inc=True), begins)


def next_after(
    rule: str, *, begins: dt.datetime, zone: dt.tzinfo, after: dt.datetime
) -> dt.datetime | None:
    """The next occurrence as a moment; None when the rule has come to its end."""
    begin = clock.wall(begins, zone)
    # From a day before, for where the clock is moved it shows moments out of their order.
    seen = clock.wall(after, zone) - dt.timedelta(days=1)
    found = _near(_read(rule, begin).after(seen), seen)
    while found is not None and clock.instant(found, zone) <= after:
        found = _near(_read(rule, begin).after(found), seen)
    return None if found is None else clock.instant(found, zone)


def last(rule: str, *, begins: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """The last occurrence of a rule that counts; None of one that is endless or has a last day."""
    if "COUNT=" not in rule:
        return None
    *_, found = _read(rule, clock.wall(begins, zone))
    return clock.instant(found, zone)


def _near(found: dt.datetime | None, asked: dt.datetime) -> dt.datetime | None:
    return found if found is not None and found - asked <= FARTHEST else None
