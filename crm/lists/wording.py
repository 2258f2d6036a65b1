"""How values read in a sentence: ₱4M, 17 June, New or Contacted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone

from crm.models import Preferences
from crm.owner.services import preferences_of
from crm.shell import money


@dataclass(frozen=True)
class Reader:
    """For whom words are made: their money, and what day it is where they are."""

    currency: str
    today: dt.date


def reader_of(request: HttpRequest) -> Reader:
    return reader(preferences_of(request))


def reader(preferences: Preferences | None) -> Reader:
    """The zone must be the owner's already: it is in pages, and the worker sets it."""
    return Reader(preferences.currency if preferences else "USD", timezone.localdate())


def amount_of(sum: Decimal, currency: str) -> str:
    """Short only where nothing is lost: 4,500,000 is ₱4.5M, 4,512,345 stays."""
    number, unit = money.parts(sum)
    sizes = {letter: size for size, letter in money.UNITS}
    exact = Decimal(number) * sizes.get(unit, 1) == sum
    return money.short_money(sum, currency) if exact else money.money(sum, currency)


def plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: dt.date, today: dt.date) -> str:
    year = "" if value.year == today.year else f" {value.year}"
    return f"{value.day} {value:%B}{year}"


def either(words: Sequence[str], joined: str = "or") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined} {words[-1]}"


def amount(number: int, noun: tuple[str, str]) -> str:
    return f"{number:,} {noun[0] if number == 1 else noun[1]}"
