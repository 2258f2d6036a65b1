from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads.today.greeting import greeting


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    return render(request, "leads/today/today.html", {"now": now, "greeting": greeting(now)})
