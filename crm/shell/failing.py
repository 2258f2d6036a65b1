"""What is answered where a page could not be made."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

# The server is starting or going down (57P), or the line to it is gone (08).
AWAY = ("57P01", "57P02", "57P03")
# Waited for too long, or two that wait for each other, of whom one was ended.
IN_HAND = ("55P03", "40P01")
TRY_AGAIN_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """What passes by itself is no fault of the page: it says so, and when to come again."""
    error = sys.exc_info()[1]
    if _is_away(error):
        page = "503.html"
    elif _is_in_hand(error):
        page = "503_in_hand.html"
    else:
        return defaults.server_error(request)
    response = HttpResponse(render_to_string(page), status=503)
    response["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _is_away(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # What the server itself refused has a state; what never reached it has none.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith("08") or state in AWAY


def _is_in_hand(error: BaseException | None) -> bool:
    """Other work held a row for longer than a page waits (crm.runtime.databases)."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "sqlstate", None) in IN_HAND
