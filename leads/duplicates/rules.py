"""What speaks for two leads being one person, and how much: the one table, to be read and tuned.

Points are added. From PROPOSED on a pair is offered; nothing is ever merged by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from leads.duplicates import likeness

PROPOSED = 60
CERTAIN = 99
# Words of two addresses that must agree, as a share of the shorter one's.
LIKE_ADDRESS = 0.7
LEAST_ADDRESS_WORDS = 3


@dataclass(frozen=True)
class Known:
    """What is compared of one lead; contact data by their hashes."""

    id: UUID
    name: str
    birthday: tuple[int, int] | None = None
    household: int | None = None
    emails: frozenset[bytes] = frozenset()
    phones: frozenset[bytes] = frozenset()
    messengers: frozenset[bytes] = frozenset()
    addresses: frozenset[bytes] = frozenset()
    address_words: tuple[frozenset[str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Rule:
    name: str
    words: str
    points: int
    holds: Callable[[Known, Known], bool]


@dataclass(frozen=True)
class Verdict:
    confidence: int
    evidence: list[str]
    as_household: bool = False


def _name_is(wanted: likeness.Likeness) -> Callable[[Known, Known], bool]:
    return lambda one, other: likeness.compare(one.name, other.name) == wanted


def like_address(one: Known, other: Known) -> bool:
    return not one.addresses & other.addresses and any(
        min(len(here), len(there)) >= LEAST_ADDRESS_WORDS
        and len(here & there) / min(len(here), len(there)) >= LIKE_ADDRESS
        for here in one.address_words
        for there in other.address_words
    )


RULES = (
    Rule("same_email", "same e-mail", 65, lambda a, b: bool(a.emails & b.emails)),
    Rule("same_phone", "same phone", 45, lambda a, b: bool(a.phones & b.phones)),
    Rule("same_messenger", "same messenger", 45, lambda a, b: bool(a.messengers & b.messengers)),
    Rule("same_address", "same address", 35, lambda a, b: bool(a.addresses & b.addresses)),
    Rule("like_address", "similar address", 30, like_address),
    Rule("same_name", "same name", 35, _name_is("same")),
    Rule("like_name", "similar name", 30, _name_is("like")),
    Rule("one_family", "same family name", 5, _name_is("family")),
    Rule("other_name", "different names", -5, _name_is("other")),
    Rule("same_birthday", "same birthday", 15,
         lambda a, b: a.birthday is not None and a.birthday == b.birthday),
    Rule("other_birthday", "different birthdays", -10,
         lambda a, b: None not in (a.birthday, b.birthday) and a.birthday != b.birthday),
)  # fmt: skip
WORDS = {rule.name: rule.words for rule in RULES}
# One of these must hold: a name alone is no evidence.
CONTACT = {"same_email", "same_phone", "same_messenger", "same_address", "like_address"}
# How likely two people with other given names who share this live in one household.
HOUSEHOLD = {"same_phone": 70, "same_email": 70, "same_address": 65}
FAMILY = 20


def judge(one: Known, other: Known) -> Verdict | None:
    """None where too little speaks for it."""
    held = [rule for rule in RULES if rule.holds(one, other)]
    names = [rule.name for rule in held]
    if not CONTACT.intersection(names):
        return None
    if "one_family" in names or ("other_name" in names and not _nickname(one, other, names)):
        return _household(one, other, names)
    points = min(CERTAIN, sum(rule.points for rule in held))
    return Verdict(points, names) if points >= PROPOSED else None


def _nickname(one: Known, other: Known, names: list[str]) -> bool:
    """One word, as forms and portals send it: "dw2020", "Facebook user" is none."""
    return "same_email" in names and 1 in (
        len(likeness.words(one.name)),
        len(likeness.words(other.name)),
    )


def _household(one: Known, other: Known, names: list[str]) -> Verdict | None:
    """A couple who share a phone or e-mail; an address alone is a building, unless of a family."""
    if one.household is not None and one.household == other.household:
        return None
    shared = [name for name in HOUSEHOLD if name in names]
    family = "one_family" in names
    if not shared or (not family and shared == ["same_address"]):
        return None
    points = max(HOUSEHOLD[name] for name in shared) + FAMILY * family
    return Verdict(min(CERTAIN, points), names, as_household=True)
