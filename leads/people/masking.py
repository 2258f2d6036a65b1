"""How a phone, an address or a handle is shown before it is revealed."""

from __future__ import annotations

import phonenumbers

DOT = "•"
UNREADABLE = DOT * 4


def masked(kind: str, value: str) -> str:
    masks = {"phone": phone, "email": email, "messenger": handle, "address": postal}
    return masks[kind](value) if value else UNREADABLE


def phone(number: str) -> str:
    """The country, its first group and the last two digits: +63 917 ••• ••42."""
    groups = _grouped(number).split(" ")
    if len(groups) < 3:
        return _but_last_two(number)
    open_ones = 2 if len(groups) > 3 else 1
    hidden = [DOT * len(group) for group in groups[open_ones:]]
    hidden[-1] = hidden[-1][:-2] + groups[-1][-2:]
    return " ".join([*groups[:open_ones], *hidden])


def _grouped(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ""
    shown = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shown).replace("-", " ")


def _but_last_two(text: str) -> str:
    return UNREADABLE if len(text) < 6 else DOT * (len(text) - 2) + text[-2:]


def email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    ending = domain.rpartition(".")[2] if "." in domain else ""
    return f"{local[:1]}{UNREADABLE}@{UNREADABLE}" + (f".{ending}" if ending else "")


def handle(name: str) -> str:
    return name.lstrip("@")[:1] + UNREADABLE


def postal(address: str) -> str:
    """The last part, where it is a town rather than a number."""
    last = address.replace("\n", ",").rpartition(",")[2].strip()
    town = last if last != address.strip() and not any(c.isdigit() for c in last) else ""
    return f"{UNREADABLE} {UNREADABLE}" + (f", {town}" if town else "")
