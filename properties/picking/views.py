from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from properties.picking.queries import called, suggested

LONGEST = 200


@require_POST
def homes(request: HttpRequest) -> HttpResponse:
    """While a home is typed, in whatever field: the one that was sent."""
    sent = (value for name, value in request.POST.items() if name != "csrfmiddlewaretoken")
    found = suggested(str(next(sent, ""))[:LONGEST])
    homes = [(called(home), home.get_status_display()) for home in found]
    return render(request, "properties/picking/_homes.html", {"homes": homes})
