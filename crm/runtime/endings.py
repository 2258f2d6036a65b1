"""Long answers, such as the event stream, that must be told when the web process is to end."""

from __future__ import annotations

from collections.abc import Callable

_endings: list[Callable[[], object]] = []


def register(end: Callable[[], object]) -> None:
    if end not in _endings:
        _endings.append(end)


def end_all() -> None:
    for end in _endings:
        end()
