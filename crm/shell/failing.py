"""What is answered where a page could not be made."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

# The server is starting or going down (57P), or the line to it is gone (08).
AWAY = ("57P01", "57P02", "57P03")
TRY_AGAIN_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away is no fault of the page: it says so, and when to come again."""
    if not _is_away(sys.exc_info()[1]):
        return defaults.server_error(request)
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _is_away(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # What the server itself refused has a state; what never reached it has none.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith("08") or state in AWAY
