"""A page with nothing in it: what every page costs before its own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("bare", bare, name="bare")]
