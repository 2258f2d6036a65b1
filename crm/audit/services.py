"""What other rooms call."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from crm.audit import chain, context, kinds
from crm.audit import head as heads
from crm.audit.addresses import coarse
from crm.audit.head import Head
from crm.audit.verifying import Progress, Verdict, verify
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
    return _called("SELECT crm_trail_event(%s, %s, %s)", [kind, subject, json.dumps(told)])


def _client(request: HttpRequest) -> dict[str, str]:
    return {
        "address": coarse(request.META.get("REMOTE_ADDR", "")),
        "agent": request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
    }


def verify_chain(*, after: int = 0, progress: Progress | None = None) -> Verdict:
    """Walk the chain, and keep the result as a security event."""
    verdict = verify(after=after, progress=progress)
    if verdict.whole:
        found = {"position": verdict.position, "records": verdict.records, "after": after}
        security_event("audit.verified", detail=found)
    else:
        security_event("audit.broken", detail={"found": verdict.broken})
    return verdict


def adopt_chain(*, reason: str) -> Head | None:
    """After a restore: take the chain as it stands, keep the old heads aside, and record it."""
    security_event("audit.adopted", detail={"reason": reason})
    heads.forget()
    chain.seal_all()
    return chain.take_head()


def scrub(*, subjects: Sequence[UUID]) -> int:
    """Blank what the trail says about these people; the chain stays whole and says so."""
    return _called("SELECT crm_trail_scrub(%s)", [list(subjects)])


def scrub_rows(*, table: str, ids: Sequence[str]) -> int:
    """Blank what the trail says about these rows, which name an erased person in passing."""
    return _called("SELECT crm_trail_scrub_rows(%s, %s)", [table, list(ids)])


def forget_events(*, before: dt.datetime) -> int:
    """Blank security events before this time; none younger than a year."""
    return _called("SELECT crm_trail_forget_events(%s)", [before])


def prune(*, before: dt.datetime) -> int:
    """Remove records sealed before this time; none younger than a year."""
    return _called("SELECT crm_trail_prune(%s)", [before])


def _called(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
