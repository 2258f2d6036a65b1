"""What other rooms call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from crm.audit import context, kinds
from crm.audit.addresses import coarse
from crm.models import Operation

AGENT_LENGTH = 200


@contextmanager
def operation(name: str, *, undoes: UUID | None = None, **about: Any) -> Iterator[UUID]:
    """All changes inside carry one operation id, by which they can be undone.

    Inside another operation it is a part of that one. `about` is for counts and kinds of file,
    never for personal data.
    """
    outer = context.current().operation
    if outer is not None and undoes is None:
        yield outer
        return
    made = Operation.objects.create(
        name=name, actor=context.current().values()[0], summary=about, undoes_id=undoes
    )
    with context.within(made.id):
        yield made.id


def summarise(operation: UUID, **about: Any) -> None:
    """Add to what the page says about an operation, as when its counts are known."""
    made = Operation.objects.select_for_update().get(id=operation)
    made.summary |= about
    made.save(update_fields=["summary"])


def security_event(
    kind: str,
    *,
    request: HttpRequest | None = None,
    detail: Mapping[str, Any] | None = None,
    subject: UUID | None = None,
) -> int:
    """Record a security event; `detail` holds ids and counts, never personal data."""
    if kind not in kinds.KINDS:
        raise ValueError(
            f"No security event is called {kind!r}; register it in crm/audit/kinds.py."
        )
    told = {**(_client(request) if request else {}), **(detail or {})}
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_trail_event(%s, %s, %s)", [kind, subject, json.dumps(told)])
        return int(cursor.fetchone()[0])


def _client(request: HttpRequest) -> dict[str, str]:
    return {
        "address": coarse(request.META.get("REMOTE_ADDR", "")),
        "agent": request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
    }
