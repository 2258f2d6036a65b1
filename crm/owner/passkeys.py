"""Under which name passkeys work here. A browser ties a passkey to a domain, never to a number."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

AT_HOME = "localhost"


@dataclass(frozen=True)
class Place:
    works: bool
    address: str


def domain() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or AT_HOME


def place(request: HttpRequest) -> Place:
    """Whether a passkey works at the address that was opened, and the one where it does."""
    here = urlsplit(f"//{request.get_host()}")
    secure = request.is_secure() or here.hostname == AT_HOME
    at_home = f"http://{AT_HOME}:{here.port}/" if here.port else f"http://{AT_HOME}/"
    return Place(here.hostname == domain() and secure, settings.PUBLIC_URL or at_home)
