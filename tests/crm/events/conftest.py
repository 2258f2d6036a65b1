from __future__ import annotations

from collections.abc import Callable

import pytest

from crm.events import reactions, services
from crm.models import Event


@pytest.fixture
def registry(monkeypatch) -> dict[tuple[str, str], reactions.React]:
    """No reactions but the test's own, and no broker."""
    own: dict[tuple[str, str], reactions.React] = {}
    monkeypatch.setattr(reactions, "_reactions", own)
    monkeypatch.setattr(services, "poke", lambda _name: None)
    return own


@pytest.fixture
def heard(registry) -> list[tuple[str, int]]:
    """What the reaction "listen" was told of kind "rang": the event's text and number."""
    told: list[tuple[str, int]] = []
    reactions.register(
        "listen", kind="rang", react=lambda event: told.append((event.data["text"], event.number))
    )
    return told


@pytest.fixture
def fails(registry) -> Callable[[Callable[[Event], None]], None]:
    def register(react: Callable[[Event], None]) -> None:
        reactions.register("listen", kind="rang", react=react)

    return register
