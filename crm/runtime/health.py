from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


# One look may tell of several things; each goes by its own name then.
Check = Callable[[], Health | Sequence[Health]]
_checks: dict[str, Check] = {}
_spoken_for: set[str] = set()


def register(name: str, check: Check, *, spoken_for: bool = False) -> None:
    """`spoken_for` where the room itself tells the owner when it is not well."""
    _checks[name] = check
    if spoken_for:
        _spoken_for.add(name)


def report() -> list[Health]:
    """Every check's answer; one that breaks is itself an answer."""
    return [each for name, check in _checks.items() for each in _asked(name, check).values()]


def unspoken() -> dict[str, Health]:
    """Those of which nobody else tells, by name."""
    asked = [(name, check) for name, check in _checks.items() if name not in _spoken_for]
    return {each: found for name, check in asked for each, found in _asked(name, check).items()}


def _asked(name: str, check: Check) -> dict[str, Health]:
    try:
        found = check()
        if isinstance(found, Health):
            return {name: found}
        return {each.name.casefold(): each for each in found}
    # A check meets whatever is broken; that must not hide what the others say.
    except Exception as error:
        kind = type(error).__name__
        return {name: Health(name.capitalize(), False, f"This could not be checked ({kind}).")}
