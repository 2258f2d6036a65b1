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


def report() -> list[Health]:
    """Every check's answer; one that breaks is itself an answer."""
    return [_asked(name, check) for name, check in _checks.items()]


def _asked(name: str, check: Callable[[], Health]) -> Health:
    try:
        return check()
    # A check meets whatever is broken; that must not hide what the others say.
    except Exception as error:
        kind = type(error).__name__
        return Health(name.capitalize(), False, f"This could not be checked ({kind}).")
