"""A place in a list, as an address carries it: sealed, for it holds a name or an amount."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from crm.shell import sealed


class NoPlace(ValueError):
    """Not a place of ours, or of another order."""


def seal(values: Sequence[Any], *, order: str) -> str:
    return sealed.seal(json.dumps([as_text(value) for value in values]), purpose=f"place {order}")


def unseal(text: str, *, order: str) -> list[str]:
    try:
        plain = sealed.unseal(text, purpose=f"place {order}")
    except sealed.NotOurs as error:
        raise NoPlace from error
    return [str(value) for value in json.loads(plain)]


def as_text(value: Any) -> str:
    if value is None:
        raise ValueError(
            "A list is sorted by something that is null; it needs a key that never is."
        )
    return value.isoformat() if isinstance(value, dt.date) else str(value)
