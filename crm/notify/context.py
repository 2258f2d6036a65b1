from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.notify import live
from crm.shell import glance


def bell(request: HttpRequest) -> dict[str, Any]:
    """Asked only by pages that show the bell."""
    if not (hasattr(request, "user") and request.user.is_authenticated):
        return {"unread_notices": 0}
    return {
        "unread_notices": SimpleLazyObject(lambda: unread(request)),
        "told_so_far": SimpleLazyObject(lambda: live.told_so_far(request)),
    }


def unread(request: HttpRequest) -> int:
    return int(glance.of(request)["unread"])
