from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.shell import glance


def bell(request: HttpRequest) -> dict[str, Any]:
    """Asked only by pages that show the bell."""
    known = hasattr(request, "user") and request.user.is_authenticated
    return {"unread_notices": SimpleLazyObject(lambda: unread(request)) if known else 0}


def unread(request: HttpRequest) -> int:
    return int(glance.of(request)["unread"])
