from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Health:
    name: str
    ok: bool | None
    sentence: str
    measured: Mapping[str, object] = field(default_factory=dict)


_checks: dict[str, Callable[[], Health]] = {}


def register(name: str, check: Callable[[], Health]) -> None:
    _checks[name] = check
