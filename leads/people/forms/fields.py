"""Fields as people fill them in: 8M, "parking, quiet street", a birthday without its year."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from crm.owner.choices import zones
from leads.people.naming import tidy

TIMES = {"": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "mil": 10**6, "mio": 10**6,
         "million": 10**6, "b": 10**9, "billion": 10**9}  # fmt: skip
SUM = re.compile(r"^[^\d\s.,-]{0,4}\s*([\d.,\s]*\d)\s*([a-z]*)$", re.IGNORECASE)
LONGEST_SUM = 40
NO_SUM = "Type an amount, such as 8M or 8,000,000."
LARGEST = Decimal(10) ** 12
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]  # fmt: skip
LONGEST_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class MoneyField(forms.CharField):
    """An amount with or without its currency's sign, also in thousands and millions."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "text", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return amount(text[:LONGEST_SUM]) if text else None

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def amount(text: str) -> Decimal:
    found = SUM.match(text.strip())
    times = TIMES.get(found[2].casefold()) if found else None
    if found is None or times is None:
        raise ValidationError(NO_SUM)
    try:
        number = Decimal(_with_point(found[1])) * times
    except InvalidOperation as error:
        raise ValidationError(NO_SUM) from error
    if number >= LARGEST:
        raise ValidationError("That is more than can be kept. Type less than 1,000 billion.")
    return number.quantize(Decimal("0.01"))


def _with_point(digits: str) -> str:
    """8,500,000 and 8.500.000 are thousands; 8.5 and 8,5 are parts."""
    bare = re.sub(r"\s", "", digits)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare):
        return bare.replace(",", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}(,\d+)?", bare):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", ".")


class WordsField(forms.CharField):
    """Several words or phrases, parted by commas; each once."""

    def __init__(self, *, longest: int = 60, most: int = 30, **options: Any) -> None:
        self.longest, self.most = longest, most
        super().__init__(**options)
        self.widget.attrs |= {"autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        parts = [tidy(part) for part in (super().to_python(value) or "").split(",")]
        return list({part.casefold(): part for part in reversed(parts) if part}.values())[::-1]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if any(len(word) > self.longest for word in value):
            raise ValidationError(f"Each may have {self.longest} letters. Part them by commas.")
        if len(value) > self.most:
            raise ValidationError(f"Up to {self.most}, parted by commas.")

    def run_validators(self, value: Any) -> None:
        super().run_validators(",".join(value))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class ZoneField(forms.CharField):
    """Any zone that the system knows; typing finds one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)
        self.widget.attrs |= {"list": "zones", "autocomplete": "off", "spellcheck": "false"}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value not in zones():
            raise ValidationError("Choose a zone from the list, such as Asia/Manila.")


def check_birthday(month: int | None, day: int | None) -> None:
    if (month is None) != (day is None):
        raise ValidationError("A birthday has a day and a month. Fill in both, or neither.")
    if month and day and not 1 <= day <= LONGEST_DAYS[month - 1]:
        last = LONGEST_DAYS[month - 1]
        raise ValidationError(f"{MONTHS[month - 1]} has {last} days. Correct the day.")
