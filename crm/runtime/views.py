from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from crm.runtime import health as checks
from crm.runtime import knocking, reaching


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For machines: whether pages can be served. No details, because no sign-in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("not well\n", status=503, content_type="text/plain")
    answer = knocking.answer_to(request.GET.get("knock", ""))
    return HttpResponse(f"well\n{answer}", content_type="text/plain")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    report = checks.report()
    ill = [answer for answer in report if answer.ok is False]
    return render(request, "crm/runtime/health.html", {"report": report, "ill": ill})


@require_GET
def reach(request: HttpRequest) -> HttpResponse:
    port = request.get_port()
    found = reaching.found(port=port)
    return render(request, "crm/runtime/reach.html", {"reach": found, "port": port})


@require_POST
def reach_check(request: HttpRequest) -> HttpResponse:
    """Asks the public address for ourselves. Asked by htmx, the part of the page that changes."""
    port = request.get_port()
    found = reaching.found(port=port, knock=knocking.knock(settings.PUBLIC_URL))
    fragment = request.headers.get("HX-Request")
    template = "crm/runtime/_works.html" if fragment else "crm/runtime/reach.html"
    return render(request, template, {"reach": found, "port": port})
