from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.notify.queries import unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """Asked only by pages that show the bell."""
    known = hasattr(request, "user") and request.user.is_authenticated
    return {"unread_notices": SimpleLazyObject(unread_count) if known else 0}
