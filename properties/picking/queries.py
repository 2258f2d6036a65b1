"""Homes by what is typed of their name or address, and the words by which one is chosen."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, Value

from crm.models.folded import Folded
from properties.models import Listing

SUGGESTED = 12
# As many of those that have the words are put in order.
LOOKED_AT = 200
# Shorter pieces are in too many names to be looked up.
LEAST = 3
MOST_WORDS = 6
PARTED = " · "
STANDING = (Listing.Status.AVAILABLE, Listing.Status.RESERVED)


def called(home: Listing) -> str:
    """As it is chosen: homes of one name are told apart by where they are."""
    return f"{home.title}{PARTED}{home.address}" if home.address else home.title


def suggested(text: str) -> list[Listing]:
    """Those with every word, what can be had first; the newest where nothing is typed yet."""
    seen = "".join(c if c.isprintable() else " " for c in text.replace(PARTED, " "))
    words = [word for word in seen.split() if len(word) >= LEAST]
    if not words:
        newest = Listing.objects.filter(status=Listing.Status.AVAILABLE)
        return list(newest.order_by("-listed_at", "id")[:SUGGESTED])
    found = _folded()
    for word in words[:MOST_WORDS]:
        said = Folded(Value(word))
        found = found.filter(Q(bare_title__contains=said) | Q(bare_address__contains=said))
    some = sorted(found[:LOOKED_AT], key=lambda home: (home.status not in STANDING, home.title))
    return some[:SUGGESTED]


def named(text: str) -> list[Listing]:
    """Up to two that are called so: by name alone, or by name and address."""
    same = _folded().filter(bare_title=Folded(Value(text)))
    homes = list(same.order_by("status", "-listed_at")[:2])
    title, parted, address = text.partition(PARTED)
    if homes or not parted:
        return homes
    there = _folded().filter(bare_title=Folded(Value(title)), bare_address=Folded(Value(address)))
    return list(there.order_by("status", "-listed_at")[:1])


def _folded() -> QuerySet[Any]:
    found: QuerySet[Any] = Listing.objects.annotate(
        bare_title=Folded("title"), bare_address=Folded("address")
    )
    return found.order_by()
