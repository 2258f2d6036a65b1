"""What every page must say at its top: the worker is not running, a restore is going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Banner:
    text: str
    tone: str = "bad"
    icon: str = "circle-alert"
    url: str = ""
    link: str = ""


_sources: dict[str, Callable[[], Banner | None]] = {}


def register(name: str, source: Callable[[], Banner | None]) -> None:
    """The source runs on every page: it must answer from memory or one cheap query."""
    _sources[name] = source


def banners() -> list[Banner]:
    return [banner for source in _sources.values() if (banner := source()) is not None]
