"""What the owner's door tells the audit. Never a password, a code or a full address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from crm.audit.services import security_event


def tell(kind: str, *, request: HttpRequest | None = None, **detail: Any) -> int:
    return security_event(kind, request=request, detail=detail)
