"""How a page hears of what was done: a toast with its undo, and word to what shows follow-ups."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import trigger_client_event

from crm.shell.returning import ours
from crm.shell.toasts import flash, toast

CHANGED = "follow-ups-changed"


def done(request: HttpRequest, text: str, *, operation: UUID | None = None) -> HttpResponse:
    """Without a script the page begins anew."""
    undo = reverse("undo", args=[operation]) if operation else ""
    if request.headers.get("HX-Request"):
        response = trigger_client_event(HttpResponse(status=204), CHANGED)
        return toast(response, text, undo_url=undo)
    flash(request, text, undo_url=undo)
    return redirect(came_from(request))


def nothing(request: HttpRequest) -> HttpResponse:
    """A second click, or another tab, was there first."""
    return done(request, "It was done or dropped already.")


def came_from(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.headers.get("Referer", "")
    return ours(request, back) or reverse("followups:agenda")
