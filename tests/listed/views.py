from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from crm.lists import pages
from tests.listed.guests import GUESTS
from tests.listed.models import Guest


@require_GET
def guests(request):
    return pages.show(request, GUESTS)


@require_GET
def guest(request, pk):
    return HttpResponse(get_object_or_404(Guest, pk=pk).name, content_type="text/plain")
