"""The one spelling of an address or a number, so that equal ones have equal hashes."""

from __future__ import annotations

import re
from functools import lru_cache

import idna
import phonenumbers

from crm.vault import region

# Mobile numbers of the Philippines and numbers of North America as the library would spell them:
# an import has many, and it takes fifty times as long.
SPELLED = re.compile(r"\+(?:639[0-9]{9}|1[2-9][0-9]{2}[2-9][0-9]{6})")
NO_DIGITS = re.compile(r"[^0-9]+")


def email(text: str) -> str | None:
    local, domain = _parts(text)
    return f"{local.casefold()}@{domain}" if local and domain else None


def email_domain(text: str) -> str | None:
    """Of an address, or of a domain that stands alone or after an @."""
    return _parts(text)[1] or None


def _parts(text: str) -> tuple[str, str]:
    local, _at, domain = text.strip().rpartition("@")
    return local.strip(), _domain(domain.strip().rstrip("."))


@lru_cache(maxsize=4096)
def _domain(text: str) -> str:
    """In letters of the wire, whichever way it was written."""
    if text.isascii():
        return text.casefold()
    try:
        return idna.encode(text, uts46=True).decode("ascii").casefold()
    except idna.IDNAError:
        return text.casefold()


def phone(text: str) -> str | None:
    """E.164, by the owner's region where no country is written."""
    if SPELLED.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text, None if _names_country(text) else region.current())
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _names_country(text: str) -> bool:
    return text.lstrip(" (\u202a\u2068").startswith(("+", "\uff0b"))


def last_four(text: str) -> str | None:
    return _last(text, 4)


def last_seven(text: str) -> str | None:
    return _last(text, 7)


def _last(text: str, count: int) -> str | None:
    if text.isascii():
        digits = NO_DIGITS.sub("", text)
    else:
        digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return digits[-count:] if len(digits) >= count else None
