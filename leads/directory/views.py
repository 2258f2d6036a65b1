from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from crm.lists import pages
from leads.directory.listing import LEADS


@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    return pages.show(request, LEADS)
