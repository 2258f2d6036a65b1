"""One short sentence at the foot of the page, with the way back where there is one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

# At the end of an undo's address: it does again what was taken back, and says so.
AGAIN = "?again"
LEVELS = {"good": messages.SUCCESS, "bad": messages.ERROR, "dusk": messages.INFO}


def toast(
    response: HttpResponse, text: str, *, tone: str = "good", undo_url: str = ""
) -> HttpResponse:
    """For an htmx answer: the page shows it at once."""
    trigger_client_event(response, "toast", {"text": text, "tone": tone, "undo": undo_url})
    return response


def flash(request: HttpRequest, text: str, *, tone: str = "good", undo_url: str = "") -> None:
    """For a redirect: the next page shows it."""
    request.flashed = (tone, undo_url)  # type: ignore[attr-defined]
    messages.add_message(request, LEVELS.get(tone, messages.INFO), text, extra_tags=undo_url)
