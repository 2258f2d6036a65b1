"""The zones, currencies and phone regions to choose from, and what goes with what."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

ENGLISH = Locale("en")


@dataclass(frozen=True)
class Zone:
    name: str
    region: str
    currency: str


@cache
def zones() -> dict[str, Zone]:
    """Zones of places where people live, with the country's phone region and money."""
    known = zoneinfo.available_timezones()
    places = {name: land for name, land in get_global("zone_territories").items() if name in known}
    named = {name: Zone(name, _region(land), _currency(land)) for name, land in places.items()}
    return {name: named[name] for name in sorted(named) if "/" in name} | {
        "UTC": Zone("UTC", "", "")
    }


@cache
def regions() -> list[tuple[str, str]]:
    names = [(code, ENGLISH.territories.get(code, code)) for code in phonenumbers.SUPPORTED_REGIONS]
    ordered = sorted(names, key=lambda pair: pair[1])
    return [
        (code, f"{name} (+{phonenumbers.country_code_for_region(code)})") for code, name in ordered
    ]


@cache
def currencies() -> list[tuple[str, str]]:
    codes = {_currency(land) for land in map(str, ENGLISH.territories)} - {""}
    return [(code, f"{code} · {ENGLISH.currencies.get(code, code)}") for code in sorted(codes)]


def _region(land: str) -> str:
    return land if land in phonenumbers.SUPPORTED_REGIONS else ""


def _currency(land: str) -> str:
    current = get_territory_currencies(land)
    return str(current[0]) if current else ""
