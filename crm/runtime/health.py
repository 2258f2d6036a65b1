from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Health:
    name: str
    ok: bool | None
    sentence: str
    measured: Mapping[str, object] = field(default_factory=dict)

    @property
    def facts(self) -> list[str]:
        """What was measured, as the owner reads it."""
        return [f"{_spelled(name)} {_told(value)}" for name, value in self.measured.items()]


def _spelled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


_checks: dict[str, Callable[[], Health]] = {}
_spoken_for: set[str] = set()


def register(name: str, check: Callable[[], Health], *, spoken_for: bool = False) -> None:
    """`spoken_for` where the room itself tells the owner when it is not well."""
    _checks[name] = check
    if spoken_for:
        _spoken_for.add(name)


def report() -> list[Health]:
    """Every check's answer; one that breaks is itself an answer."""
    return [_asked(name, check) for name, check in _checks.items()]


def unspoken() -> dict[str, Health]:
    """Those of which nobody else tells, by name."""
    return {name: _asked(name, check) for name, check in _checks.items() if name not in _spoken_for}


def _asked(name: str, check: Callable[[], Health]) -> Health:
    try:
        return check()
    # A check meets whatever is broken; that must not hide what the others say.
    except Exception as error:
        kind = type(error).__name__
        return Health(name.capitalize(), False, f"This could not be checked ({kind}).")
