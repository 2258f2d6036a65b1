"""What any view begins with and ends in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from crm.lists import registry
from crm.lists.asking import Asked, asked, filtered
from crm.lists.declaration import ListOf
from crm.shell.returning import ours


def listed_or_404(kind: str) -> ListOf:
    listed = registry.find(kind)
    if listed is None:
        raise Http404
    return listed


def asked_by_form(request: HttpRequest, kind: str) -> Asked:
    """A form sends along which list, filter and sort it stood under, or on which other page."""
    listed, home = listed_or_404(kind), ours(request, request.POST.get("home", ""))
    if home:
        return filtered(request, listed, request.POST, home=home)
    return asked(request, listed, request.POST)


def refreshed() -> HttpResponse:
    """Nothing to swap: the page fetches its rows anew and closes what was open over them."""
    return trigger_client_event(HttpResponse(status=204), "rows-changed")


def to_list(request: HttpRequest, listed: ListOf, key: str = "") -> HttpResponse:
    url = reverse(listed.url_name) + (f"?{urlencode({'list': key})}" if key else "")
    scripted = request.headers.get("HX-Request")
    return HttpResponseClientRedirect(url) if scripted else redirect(url)
