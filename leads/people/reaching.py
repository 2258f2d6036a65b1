"""What people type for a phone or an address: told apart, judged, and brought to one spelling."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from crm.vault import normal, region

SHORT = "That number is too short or too long. Add the missing digits, with the country if abroad."
NO_PHONE = "That is no phone number. Type digits, such as 0917 555 0142 or +1 512 555 0142."
NO_EMAIL = "That is no e-mail address. It needs a name, an @ and a domain, as in ana@example.com."
NO_CONTACT = "Type a phone number or an e-mail address."
LONGEST_PHONE = 60
LONGEST_EMAIL = 254


def phone(text: str) -> str:
    """As it is called from anywhere: +63 917 555 0142."""
    number = _parsed(text)
    # Not one that can be dialled within a town only.
    judged = phonenumbers.is_possible_number_with_reason(number)
    if judged != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError(SHORT)
    shown = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shown)


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    if len(text) > LONGEST_PHONE:
        raise ValidationError(NO_PHONE)
    try:
        return phonenumbers.parse(text, region.current())
    except phonenumbers.NumberParseException as error:
        raise ValidationError(NO_PHONE) from error


def email(text: str) -> str:
    """As its owner writes it, but for the domain, which has one spelling."""
    address = text.strip().removeprefix("mailto:").strip("<> ")
    wire = normal.email(address)
    if wire is None or len(wire) > LONGEST_EMAIL:
        raise ValidationError(NO_EMAIL)
    try:
        validate_email(wire)
    except ValidationError as error:
        raise ValidationError(NO_EMAIL) from error
    return f"{address.rpartition('@')[0].strip()}@{wire.rpartition('@')[2]}"


def spelled(kind: str, value: str) -> str:
    """The one spelling where there is one; what is neither phone nor address stays as it came."""
    spell = {"phone": phone, "email": email}.get(kind)
    try:
        return spell(value) if spell else value
    except ValidationError:
        return value


def either(text: str) -> tuple[list[str], list[str]]:
    """Phones and addresses out of one field; several are parted by commas, slashes or lines."""
    phones, emails = [], []
    for part in _parts(text):
        if "@" in part:
            emails.append(email(part))
        elif any(c.isdecimal() for c in part):
            phones.append(phone(part))
        else:
            raise ValidationError(NO_CONTACT)
    return phones, emails


def _parts(text: str) -> list[str]:
    for mark in ("\n", ";", "/", " or ", " and "):
        text = text.replace(mark, ",")
    words = [part.strip() for part in text.split(",")]
    return [word for part in words for word in _apart(part) if word]


def _apart(part: str) -> list[str]:
    """ "0917 555 0142 ana@example.com": the address is a word of its own."""
    emails = [word for word in part.split() if "@" in word]
    rest = " ".join(word for word in part.split() if "@" not in word)
    return [rest, *emails]
