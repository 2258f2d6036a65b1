"""What a token may be allowed to do. A room registers a scope when it has something to open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    name: str
    sentence: str


_scopes: dict[str, Scope] = {}


def register(scope: Scope) -> None:
    _scopes[scope.name] = scope


def scopes() -> list[Scope]:
    return [_scopes[name] for name in sorted(_scopes)]


def choices() -> list[tuple[str, str]]:
    return [(scope.name, scope.sentence) for scope in scopes()]
