"""What was typed or chosen for a condition: read, or refused in a sentence; and said in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from crm.lists import dates, wording
from crm.lists.dates import Length
from crm.lists.wording import Reader as Reader

UNSEARCHABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
AMOUNT = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,6})?)\s*([kmb]?)", re.I)
LETTERS = {"": 0, "k": 3, "m": 6, "b": 9}
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)


class Wrong(ValueError):
    """Says in a sentence what a value must be."""


@dataclass(frozen=True)
class Value:
    """read: from text. text: back again, always the same for the same value. said: in a chip."""

    read: Callable[[str], Any]
    text: Callable[[Any], str]
    said: Callable[[Any, Reader], str]


def read_text(typed: str) -> str:
    if UNSEARCHABLE.search(typed):
        raise Wrong("It holds a character that can't be looked for. Type it again.")
    if not typed.strip():
        raise Wrong("Type what to look for.")
    return typed.strip()


def read_choice(chosen: str) -> str:
    if UNSEARCHABLE.search(chosen) or not chosen:
        raise Wrong("One of the chosen is no longer there. Choose again.")
    return chosen


def read_number(typed: str, example: str = "70 or 4.5") -> Decimal:
    bare = re.sub(r"[\s,_]", "", typed)
    found = AMOUNT.fullmatch(bare)
    if found is None:
        raise Wrong(
            f"“{shown(typed)}” is not a number. Type it as in {example}."
            if typed.strip()
            else f"Type a number, as in {example}."
        )
    try:
        number = Decimal(found[1]).scaleb(LETTERS[found[2].lower()])
    except InvalidOperation:
        raise Wrong("That number is too large.") from None
    return number.normalize() + 0


def read_money(typed: str) -> Decimal:
    return read_number(re.sub(r"^[^\d+-]{1,4}", "", typed.strip()), "4,000,000 or 4M")


def read_date(typed: str) -> dt.date:
    if not typed.strip():
        raise Wrong("Choose a date.")
    try:
        day = dt.date.fromisoformat(typed.strip())
    except ValueError:
        raise Wrong(f"“{shown(typed)}” is no date. Type it as in 2026-06-17.") from None
    if not EARLIEST <= day < LATEST:
        raise Wrong("Choose a date between 1900 and 2200.")
    return day


def shown(typed: str) -> str:
    return UNSEARCHABLE.sub("�", typed.strip())[:40]


def number_text(number: Decimal) -> str:
    return f"{number:f}"


TEXT = Value(read_text, str, lambda text, _: f"“{text}”")
CHOICE = Value(read_choice, str, lambda text, _: str(text))
NUMBER = Value(read_number, number_text, lambda number, _: wording.plain(number))
MONEY = Value(
    read_money, number_text, lambda amount, reader: wording.amount_of(amount, reader.currency)
)
DATE = Value(read_date, dt.date.isoformat, lambda day, reader: wording.day(day, reader.today))


def read_length(values: Sequence[str]) -> Length:
    number, unit = (*values, "", "")[:2]
    if not re.fullmatch(r"\d{1,5}", number.strip()) or unit not in dates.UNITS:
        raise Wrong("Type a whole number, as in 7, and choose days, weeks, months or years.")
    of = Length(int(number), unit)
    days = {"days": 1, "weeks": 7, "months": 31, "years": 366}[unit] * of.number
    if not 0 < days <= dates.MOST_DAYS:
        raise Wrong("Choose between 1 day and 99 years.")
    return of


def read_period(values: Sequence[str]) -> str:
    if len(values) != 1 or values[0] not in dates.PERIODS:
        raise Wrong("Choose a time.")
    return values[0]


def read(takes: str, value: Value, values: Sequence[str]) -> list[Any]:
    if takes == "nothing":
        return []
    if takes == "length":
        return [read_length(values)]
    if takes == "period":
        return [read_period(values)]
    if takes == "many":
        if not values:
            raise Wrong("Choose at least one.")
        return [value.read(each) for each in dict.fromkeys(values)]
    amount = 2 if takes == "two" else 1
    found = [value.read(each) for each in (*values, *[""] * amount)[:amount]]
    if takes == "two" and found[0] > found[1]:
        raise Wrong("The first must not be more than the second.")
    return found


def text(value: Value, each: Any) -> tuple[str, ...]:
    if isinstance(each, Length):
        return (str(each.number), each.unit)
    return (each if isinstance(each, str) else value.text(each),)


def said(value: Value, each: Any, reader: Reader, takes: str) -> str:
    if takes == "length":
        return str(each)
    return dates.PERIODS[each] if takes == "period" else value.said(each, reader)


def span(operator: str, values: Sequence[Any], today: dt.date) -> dates.Span:
    """From a day, to before another. `since_then` is what `older_or_never` denies."""
    first = values[0]
    if operator == "since_then":
        return first.before(today), None
    if isinstance(first, Length):
        return dates.length(operator, first, today)
    if operator == "in":
        return dates.period(first, today)
    start = None if operator == "until" else first
    last = {"on": first, "until": first, "between": values[-1]}.get(operator)
    return start, last + dates.DAY if last else None


def as_day(day: dt.date) -> dt.date:
    return day


def as_moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
