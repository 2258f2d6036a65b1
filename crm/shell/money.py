"""Sums as people write them: in full (₱12,000,000), or short where room is dear (₱8–12M)."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_symbol
from django import template

register = template.Library()

LOCALE = "en"
UNITS = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
FIGURES = 3
DASH = "\N{EN DASH}"


@register.filter
def money(amount: Decimal | int | None, currency: str) -> str:
    """To the smallest coin that is not nothing."""
    if amount is None:
        return ""
    whole = amount == int(amount)
    pattern = "¤#,##0" if whole else None
    text = format_currency(amount, currency, pattern, locale=LOCALE, currency_digits=not whole)
    return spaced(str(text), currency)


@register.filter
def short_money(amount: Decimal | int | None, currency: str) -> str:
    """Three figures: ₱9.85M."""
    if amount is None:
        return ""
    number, unit = parts(Decimal(amount))
    return f"{symbol(currency)}{number}{unit}"


def short_range(low: Decimal | None, high: Decimal | None, currency: str) -> str:
    """₱8–12M, from ₱8M, up to ₱12M."""
    if low is None or high is None:
        known = low if high is None else high
        word = "from" if high is None else "up to"
        return f"{word} {short_money(known, currency)}" if known is not None else ""
    if low == high:
        return short_money(low, currency)
    (small, lesser), (large, unit) = parts(low), parts(high)
    return f"{symbol(currency)}{small}{'' if lesser == unit else lesser}{DASH}{large}{unit}"


def parts(amount: Decimal) -> tuple[str, str]:
    for size, unit in UNITS:
        # What rounds up to the next unit is written in it: 999,950 is 1M.
        if abs(amount) >= size - size / 2000:
            return figures(amount / size), unit
    return figures(amount), ""


def figures(number: Decimal) -> str:
    with localcontext() as context:
        context.prec = FIGURES
        rounded = +number
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def symbol(currency: str) -> str:
    """₱, or the code with a space where there is no sign that all know."""
    try:
        sign = str(get_currency_symbol(currency, LOCALE))
    except UnknownLocaleError:
        sign = currency
    return f"{sign}\N{NO-BREAK SPACE}" if sign[-1:].isalpha() else sign


def spaced(text: str, currency: str) -> str:
    sign = symbol(currency)
    return text.replace(sign.strip(), sign, 1) if sign != sign.strip() else text
