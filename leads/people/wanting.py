"""What somebody looks for, in one line: "3 bedroom house in Lahug, 8-12M". The line itself is kept
as a private note; what is understood of it fills the fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from leads.people.naming import tidy
from properties.models import Area, Listing

UNITS = {"k": 10**3, "m": 10**6, "mil": 10**6, "million": 10**6, "b": 10**9}
UNIT = r"(k|m|mil|million|b)\b"
NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
SPAN = re.compile(rf"{NUMBER}\s*(?:{UNIT})?\s*(?:-|–|to|and)\s*[^\d\s]?\s*{NUMBER}\s*{UNIT}", re.I)
SUM = re.compile(
    rf"{NUMBER}\s*{UNIT}|[₱$€£]\s*(\d[\d,]{{4,}})|\b(\d{{1,3}}(?:,\d{{3}}){{2,}})", re.I
)
FROM = re.compile(r"(?:from|above|over|at least|min(?:imum)?)\W*(?:php|p|usd)?\W*$", re.I)
BEDROOMS = re.compile(r"\b(\d{1,2})\s*\+?\s*-?\s*(?:br|bd|bed|bedroom)s?\b", re.I)
WORDS = {
    "townhouse": Listing.Kind.TOWNHOUSE, "townhome": Listing.Kind.TOWNHOUSE,
    "house": Listing.Kind.HOUSE, "condo": Listing.Kind.CONDO,
    "condominium": Listing.Kind.CONDO, "studio": Listing.Kind.CONDO,
    "apartment": Listing.Kind.APARTMENT, "flat": Listing.Kind.APARTMENT,
    "lot": Listing.Kind.LOT, "land": Listing.Kind.LOT,
    "office": Listing.Kind.COMMERCIAL, "commercial": Listing.Kind.COMMERCIAL,
    "shop": Listing.Kind.COMMERCIAL,
}  # fmt: skip
LARGEST = Decimal(10) ** 12
MOST_AREAS = 500


@dataclass(frozen=True)
class Wanted:
    low: Decimal | None = None
    high: Decimal | None = None
    bedrooms: int | None = None
    kinds: list[str] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        return {
            "budget_min": self.low, "budget_max": self.high, "bedrooms_min": self.bedrooms,
            "home_kinds": self.kinds, "areas": self.areas,
        }  # fmt: skip

    def __bool__(self) -> bool:
        return any(value not in (None, []) for value in self.fields().values())


def understood(line: str) -> Wanted:
    text = tidy(line)
    if not text:
        return Wanted()
    low, high = _budget(text)
    bedrooms = BEDROOMS.search(text)
    return Wanted(
        low=low,
        high=high,
        bedrooms=int(bedrooms[1]) if bedrooms and int(bedrooms[1]) <= 50 else None,
        kinds=_kinds(text),
        areas=_areas(text),
    )


def _budget(text: str) -> tuple[Decimal | None, Decimal | None]:
    if span := SPAN.search(text):
        unit = span[4]
        low, high = _sum(span[1], span[2] or unit), _sum(span[3], unit)
        return (low, high) if low is not None and high is not None and low <= high else (None, high)
    found = SUM.search(text)
    if found is None:
        return None, None
    amount = _sum(found[1] or found[3] or found[4], found[2] or "")
    return (amount, None) if FROM.search(text[: found.start()]) else (None, amount)


def _sum(number: str, unit: str) -> Decimal | None:
    try:
        amount = Decimal(number.replace(",", "")) * UNITS.get(unit.casefold(), 1)
    except InvalidOperation:
        return None
    return amount if amount < LARGEST else None


def _kinds(text: str) -> list[str]:
    bare = [word.removesuffix("s") for word in re.findall(r"[a-z]+", text.casefold())]
    return list(dict.fromkeys(WORDS[word].value for word in bare if word in WORDS))


def _areas(text: str) -> list[Area]:
    """The longest names first: "IT Park Lahug" is no Lahug besides."""
    left = text.casefold()
    found = []
    known = sorted(Area.objects.all()[:MOST_AREAS], key=lambda area: -len(area.name))
    for area in known:
        name = re.compile(rf"(?<!\w){re.escape(area.name.casefold())}(?!\w)")
        if name.search(left):
            found.append(area)
            left = name.sub(" ", left)
    return found
