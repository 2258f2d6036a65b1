from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from crm.owner import recent, sessions
from crm.owner.services import preferences_of
from crm.vault import region

Answer = Callable[[HttpRequest], HttpResponseBase]


class ZoneMiddleware:
    """Pages show times in the owner's zone, and take numbers for those of the owner's country."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        preferences = preferences_of(request)
        if preferences is None:
            return self.get_response(request)
        with timezone.override(preferences.tzinfo), region.within(preferences.phone_region):
            return self.get_response(request)


class LastSeenMiddleware:
    """Notes when a session was last used."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            sessions.note_use(key)
        return self.get_response(request)


class WholePageMiddleware:
    """A fragment asked for after the session has ended gets the sign-in page as a whole page,
    and the way back to the page it was part of."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        location = response.headers.get("Location", "")
        if request.headers.get("HX-Request") and location.startswith(settings.LOGIN_URL):
            back = urlencode({"next": recent.here(request)})
            return HttpResponseClientRedirect(f"{settings.LOGIN_URL}?{back}")
        return response
