"""The keyboard map. Keys act on what the page shows: an element names its key by `data-key`."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from crm.shell import navigation
from crm.shell.theme import YEAR

COOKIE = "keys"
ON, OFF = "on", "off"


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
    return request.COOKIES.get(COOKIE) != OFF


def going() -> list[Key]:
    return [Key(("G", page.key), page.name, "then") for page in navigation.pages() if page.key]


def working() -> list[Key]:
    return list(_registered.values())


def remember(request: HttpRequest, response: HttpResponse, *, on: bool) -> None:
    response.set_cookie(
        COOKIE,
        ON if on else OFF,
        max_age=YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
