"""What `up --demo` shows. Rooms register how they build their part, in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from crm.audit.services import operation
from crm.demo import house
from crm.models import Owner
from crm.runtime.refusal import Refusal

OTHERS = (
    "There is an owner here already, and a demonstration would mix with real work. "
    "Start without --demo, or show it in an empty folder: set PORCHLIGHT_HOME to another one."
)


@dataclass(frozen=True)
class Part:
    """`build` makes its rows through services, dated to today; run again, it changes nothing."""

    name: str
    build: Callable[[], object]
    order: int


_parts: dict[str, Part] = {}


def register(name: str, build: Callable[[], object], order: int) -> None:
    _parts[name] = Part(name, build, order)


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))


def build() -> None:
    """All parts, in order, for the demonstration's own owner and for nobody else."""
    if not _is_free():
        raise Refusal(OTHERS)
    for part in parts():
        with _by_the_owners_clock(), operation(f"demo: {part.name}"):
            part.build()
    for line in house.how_to_sign_in():
        print(line, flush=True)


def _by_the_owners_clock() -> timezone.override:
    """What is said to have been by day was by day where the owner lives."""
    owner = Owner.objects.select_related("preferences").first()
    return timezone.override(owner.preferences.tzinfo if owner else None)


def _is_free() -> bool:
    found = Owner.objects.first()
    return found is None or found.email == house.EMAIL
