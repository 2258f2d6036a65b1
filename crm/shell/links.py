"""Addresses that pages ask for by the hundred; Django would work out each of them anew."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import reverse

# What an address is called where it is shown, and the page that it leads to.
Pages = tuple[tuple[str, str], ...]


def link(name: str, *ids: UUID) -> str:
    """As `reverse` gives it, for pages that are named by nothing or by ids alone."""
    address, places = _pattern(name, len(ids))
    for place, id in zip(places, ids, strict=True):
        address = address.replace(place, str(id))
    return address


def links(pages: Pages, id: UUID) -> dict[str, str]:
    """All that lead to one thing's pages."""
    return {name: link(page, id) for name, page in pages}


@cache
def _pattern(name: str, count: int) -> tuple[str, list[str]]:
    """With a number in each place that no id has."""
    places = [UUID(int=number) for number in range(count)]
    return reverse(name, args=places), [str(place) for place in places]
