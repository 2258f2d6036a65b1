"""What rooms put under the pages in the sidebar: short lists of links under a heading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Link:
    text: str
    url: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Shelf:
    name: str
    links: list[Link]


Source = Callable[[HttpRequest], list[Link]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """The source is asked on every page: it must be quick, and count nothing."""
    _sources[name] = source


def shelves(request: HttpRequest) -> list[Shelf]:
    found = [Shelf(name, source(request)) for name, source in _sources.items()]
    return [shelf for shelf in found if shelf.links]
