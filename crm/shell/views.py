from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.shell import navigation, palette, reports, sealed
from crm.shell.returning import ours
from crm.shell.theme import Theme, remember

SEARCH = "search"
# No name, number or title is longer; an address has to hold it.
LONGEST_SEARCH = 300


@require_GET
def settings_home(_request: HttpRequest) -> HttpResponse:
    return redirect(navigation.pages("settings")[0].url)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Open to all: the sign-in page has a theme too."""
    chosen = request.POST.get("theme", "")
    chosen = chosen if chosen in Theme.values else Theme.SYSTEM
    if request.headers.get("HX-Request"):
        response = trigger_client_event(HttpResponse(status=204), "theme", {"theme": chosen})
    else:
        response = redirect(came_from(request))
    remember(request, response, chosen)
    return response


def came_from(request: HttpRequest) -> str:
    return ours(request, request.POST.get("next", "")) or "/"


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The palette's results as one types; opened as a page, all that were found. Names are typed
    here: they come in the body, and an address has them sealed."""
    text = asked_for(request).strip()[:LONGEST_SEARCH]
    if request.headers.get("HX-Request"):
        groups = palette.search(text)
        more = address_of(text) if any(group.more for group in groups) else ""
        groups = groups or palette.offered(text)
        context = {"groups": groups, "text": text, "more": more}
        return render(request, "crm/shell/_results.html", context)
    if request.method == "POST":
        return redirect(address_of(text))
    groups = palette.search(text, palette.PAGE_LIMIT) if text else []
    return render(request, "crm/shell/search.html", {"groups": groups, "text": text})


def address_of(text: str) -> str:
    found = sealed.seal(text, purpose=SEARCH) if text else ""
    return reverse("palette") + (f"?for={found}" if found else "")


def asked_for(request: HttpRequest) -> str:
    if request.method == "POST" or "q" in request.GET:
        return str((request.POST or request.GET).get("q", ""))
    try:
        return sealed.unseal(request.GET.get("for", ""), purpose=SEARCH)
    except sealed.NotOurs:
        return ""


@login_not_required
@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    reports.count(request.body[: reports.LONGEST])
    return HttpResponse(status=204)
