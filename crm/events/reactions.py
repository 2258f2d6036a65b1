"""Who reacts to what. Higher floors register their tables when the apps are ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from crm.models import Event

React: TypeAlias = Callable[[Event], None]

_reactions: dict[tuple[str, str], React] = {}


class CannotReact(Exception):
    """A reaction that no repetition will help.

    Its sentence is shown on the page of what is stuck: it names no person and quotes nobody.
    """


def register(name: str, *, kind: str, react: React) -> None:
    """Let `react` hear each event of the kind. One name may hear several kinds, in one order.

    `react` runs in a transaction of its own that also marks the delivery done: what it does to
    the database happens exactly once. What it does elsewhere may happen again after a crash.
    """
    if _reactions.setdefault((kind, name), react) is not react:
        raise ValueError(f"{name} already reacts to {kind}")


def names(kind: str) -> list[str]:
    return sorted(name for registered, name in _reactions if registered == kind)


def find(name: str, *, kind: str) -> React:
    try:
        return _reactions[kind, name]
    except KeyError:
        raise CannotReact("This version of Porchlight has no such reaction.") from None
