"""Light, dark or as the system says: rendered by the server, so that no page flashes."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest, HttpResponse

COOKIE = "theme"
ICONS = {"light": "sun", "dark": "moon", "system": "monitor"}
YEAR = 365 * 24 * 3600


class Theme(models.TextChoices):
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
    SYSTEM = "system", "System"


def choices() -> list[tuple[str, str, str]]:
    return [(theme.value, str(theme.label), ICONS[theme.value]) for theme in Theme]


def theme_of(request: HttpRequest) -> str:
    """The owner's preference; before anyone is signed in, what this browser last showed."""
    preferences = getattr(getattr(request, "user", None), "preferences", None)
    chosen = getattr(preferences, "theme", None) or request.COOKIES.get(COOKIE, "")
    return chosen if chosen in Theme.values else Theme.SYSTEM


def remember(request: HttpRequest, response: HttpResponse, theme: str) -> None:
    preferences = getattr(request.user, "preferences", None)
    if preferences is not None:
        preferences.theme = theme
        preferences.save(update_fields=["theme"])
    show_before_sign_in(request, response, theme)


def show_before_sign_in(request: HttpRequest, response: HttpResponse, theme: str) -> None:
    response.set_cookie(
        COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
