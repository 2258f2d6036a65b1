from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from crm.runtime import health as checks
from crm.runtime import reaching


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """For machines: whether pages can be served. No details, because no sign-in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("not well\n", status=503, content_type="text/plain")
    return HttpResponse("well\n", content_type="text/plain")


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
