"""What rooms tell the house about the data they hold: how to export, erase and let go of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

Row = dict[str, object]


@dataclass(frozen=True)
class Holding:
    """What one room holds on a person."""

    name: str
    label: str
    # The rows that hold it, and how they are told: `tell` gets a list of rows for each of `find`.
    find: Callable[[UUID], Sequence[QuerySet[Any]]]
    tell: Callable[..., list[Row]]
    # Takes away or blanks what can be read; runs again without harm, also after a restore.
    erase: Callable[[UUID], int]


@dataclass(frozen=True)
class Category:
    """Data of one kind, and how long it is kept."""

    name: str
    label: str
    why: str
    default_days: int | None
    # Removes what is older than the moment, and answers how much that was.
    prune: Callable[[datetime], int]
    # How many would go: shown before the owner shortens a time.
    count: Callable[[datetime], int]
    least_days: int = 1


@dataclass(frozen=True)
class Mention:
    """A place of another person's in which this one may be named, and where it is changed."""

    words: str
    url: str


@dataclass(frozen=True)
class Mentions:
    """`complete` is False where there may be more."""

    places: list[Mention]
    complete: bool = True


_mentions: dict[str, Callable[[UUID], Mentions]] = {}
_holdings: dict[str, Holding] = {}
_categories: dict[str, Category] = {}


def register_holding(holding: Holding) -> None:
    _holdings[holding.name] = holding


def register_mentions(name: str, find: Callable[[UUID], Mentions]) -> None:
    """What an erasure leaves alone, for the owner to look at: `find` is asked before it."""
    _mentions[name] = find


def register_category(category: Category) -> None:
    _categories[category.name] = category


def holdings() -> list[Holding]:
    return list(_holdings.values())


def mentions(subject: UUID) -> Mentions:
    found = [find(subject) for find in _mentions.values()]
    places = [place for each in found for place in each.places]
    return Mentions(places, all(each.complete for each in found))


def categories() -> list[Category]:
    return list(_categories.values())
