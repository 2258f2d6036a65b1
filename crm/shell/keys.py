"""The keyboard map. Keys act on what the page shows: an element names its key by `data-key`."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from crm.shell import navigation


@dataclass(frozen=True)
class Key:
    keys: tuple[str, ...]
    does: str
    joined: str = ""


_registered: dict[tuple[str, ...], Key] = {}


def register(key: Key) -> None:
    _registered[key.keys] = key


def enabled(request: HttpRequest) -> bool:
    """Keys without a modifier can be switched off: speech input types them by accident."""
    preferences = getattr(getattr(request, "user", None), "preferences", None)
    return bool(getattr(preferences, "single_keys", True))


def going() -> list[Key]:
    return [Key(("G", page.key), page.name, "then") for page in navigation.pages() if page.key]


def working() -> list[Key]:
    return list(_registered.values())
