from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.shell.toasts import flash
from leads.messages import services
from leads.models import OutgoingMessage

TOO_LATE = "Nothing was done: it has moved on meanwhile."


@require_POST
def cancel(request: HttpRequest, message: UUID) -> HttpResponse:
    one = get_object_or_404(OutgoingMessage, id=message)
    done = services.cancel(message=message)
    undo_url = reverse("undo", args=[done]) if done else ""
    return _told(request, one, bool(done), "Cancelled. It was not sent.", undo_url=undo_url)


@require_POST
def again(request: HttpRequest, message: UUID) -> HttpResponse:
    return _decided(request, message, services.again, "On its way again.")


@require_POST
def arrived(request: HttpRequest, message: UUID) -> HttpResponse:
    return _decided(request, message, services.arrived, "Kept as sent.")


def _decided(
    request: HttpRequest, message: UUID, decide: Callable[..., bool], words: str
) -> HttpResponse:
    one = get_object_or_404(OutgoingMessage, id=message)
    return _told(request, one, decide(message=message), words)


def _told(
    request: HttpRequest, one: OutgoingMessage, done: bool, words: str, *, undo_url: str = ""
) -> HttpResponse:
    said, tone = (words, "good") if done else (TOO_LATE, "dusk")
    flash(request, said, tone=tone, undo_url=undo_url)
    return redirect("people:lead", lead=one.lead_id)
