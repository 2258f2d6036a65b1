from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import (
    HttpResponseClientRedirect,
    HttpResponseClientRefresh,
    trigger_client_event,
)

from crm.audit import checks, queries, undoing
from crm.audit.forms import ActivityFilter
from crm.models import Operation
from crm.shell.returning import ours
from crm.shell.toasts import AGAIN, flash, toast


@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    form = ActivityFilter(request.GET)
    chosen = form.chosen() if form.is_valid() else {}
    before = form.cleaned_data.get("before")
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "history": queries.activity(before=before, **chosen),
        "chain": checks.trail(),
        "query": query.urlencode(),
    }
    return render(request, "crm/audit/activity.html", context)


@require_POST
def undo(request: HttpRequest, operation: UUID) -> HttpResponse:
    """A page that refreshes what it shows says `here` and gets the toast; others begin anew."""
    get_object_or_404(Operation, id=operation)
    undone = undoing.take_back(operation)
    tone = "good" if undone.operation or undone.later else "bad"
    again = reverse("undo", args=[undone.operation]) if undone.operation else ""
    if again and undone.back:
        again += AGAIN
    if request.POST.get("here"):
        response = trigger_client_event(HttpResponse(status=204), "undone")
        return toast(response, undone.words, tone=tone, undo_url=again)
    flash(request, undone.words, tone=tone, undo_url=again)
    away = undoing.away_from(urlsplit(came_from(request)).path)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(away) if away else HttpResponseClientRefresh()
    return redirect(away or came_from(request))


def came_from(request: HttpRequest) -> str:
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return ours(request, shown) or "/"
