"""Browsers that the owner has signed in with before.

A guess from such a browser is counted apart, so that strangers who guess without end
can use up everyone's tries but never the owner's own.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "porchlight_device"
SALT = "crm.owner.devices"
YEAR = 365 * 24 * 3600


def remember(request: HttpRequest, response: HttpResponse) -> None:
    name = known(request) or secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        signing.dumps(name, salt=SALT),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def known(request: HttpRequest) -> str | None:
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR))
    except signing.BadSignature:
        return None


def describe(user_agent: str) -> str:
    """The browser and the machine in words, as far as a browser tells."""
    browser = _first(BROWSERS, user_agent) or "A browser"
    return f"{browser} on {_first(MACHINES, user_agent) or 'an unknown device'}"


BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
]
MACHINES = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
]


def _first(signs: list[tuple[str, str]], text: str) -> str:
    return next((name for sign, name in signs if sign in text), "")
