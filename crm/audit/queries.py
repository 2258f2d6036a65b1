from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from crm.audit import words
from crm.models import Seal, SecurityEvent, Trail

VERIFIED = "audit.verified"
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class History:
    """A page of the trail in words, and where the next one begins."""

    entries: list[words.Entry]
    older: int | None


@dataclass(frozen=True, slots=True)
class ChainState:
    """How the chain stands: sealed up to when, and what its last walk found."""

    position: int
    sealed_at: dt.datetime | None
    unsealed: int
    unsealed_for: dt.timedelta
    broken: str
    verified_at: dt.datetime | None
    verified_position: int
    walked_at: dt.datetime  # the last time that all of it was found whole
    last_walk_at: dt.datetime | None


SHARING = """
SELECT DISTINCT o.operation FROM crm_trail t
JOIN crm_trail o ON o.table_name = t.table_name AND o.row_id = t.row_id
WHERE t.operation = %s AND o.operation IS NOT NULL
"""


def chain_state() -> ChainState:
    seal = Seal.objects.order_by("-position").first()
    unsealed, oldest = _unsealed(seal)
    found = _lookings()
    last = next(iter(found), None)
    verified = next((event for event in found if event.kind == VERIFIED), None)
    walked = next((e for e in found if e.kind == VERIFIED and e.detail.get("after") == 0), None)
    return ChainState(
        position=seal.position if seal else 0,
        sealed_at=seal.at if seal else None,
        unsealed=unsealed,
        unsealed_for=oldest,
        broken=last.detail["found"] if last and last.kind == "audit.broken" else "",
        verified_at=verified.at if verified else None,
        verified_position=verified.detail["position"] if verified else 0,
        walked_at=walked.at if walked else NEVER,
        last_walk_at=last.at if last else None,
    )


def _lookings() -> list[SecurityEvent]:
    """In one statement, the newest first: what was last said, last found whole, last walked."""
    told = SecurityEvent.objects.filter(scrubbed=False).order_by("-id")
    verified = told.filter(kind=VERIFIED)
    wanted = told.filter(kind__in=[VERIFIED, "audit.broken", "audit.adopted"])[:1]
    found = wanted.union(verified[:1], verified.filter(after__after=0)[:1])
    return sorted(found, key=lambda event: event.pk, reverse=True)


def _unsealed(seal: Seal | None) -> tuple[int, dt.timedelta]:
    end = (seal.era, seal.end_xid, seal.end_id) if seal else (0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(clock_timestamp() - min(at), interval '0') "
            "FROM crm_trail WHERE (era, xid, id) > (%s, %s, %s)",
            end,
        )
        count, age = cursor.fetchone()
    return int(count), age


def sharing(operation: UUID) -> set[UUID]:
    """The other operations that changed a row which this one changed."""
    with connection.cursor() as cursor:
        cursor.execute(SHARING, [operation])
        return {found for (found,) in cursor.fetchall() if found != operation}


def history(
    table: str,
    row_id: str,
    *,
    limit: int = 20,
    before: int | None = None,
    opener: words.Opener | None = None,
) -> History:
    """What happened to one row, newest first; `before` is the id that the last page ended with."""
    records = Trail.objects.of_row(table, row_id).order_by("-id")
    return _page(records, limit, before, opener)


def history_of(subjects: Sequence[UUID], *, limit: int = 20, before: int | None = None) -> History:
    """What happened to a person: to their own row and to all that is theirs, newest first."""
    records = Trail.objects.filter(subject__in=subjects).order_by("-id")
    return _page(records, limit, before, None, about=subjects)


def activity(*, limit: int = 50, before: int | None = None, **chosen: Any) -> History:
    """Security events and changes, newest first."""
    records = Trail.objects.order_by("-id").filter(**chosen)
    return _page(records, limit, before, None)


def _page(
    records: Any,
    limit: int,
    before: int | None,
    opener: words.Opener | None,
    about: Sequence[UUID] = (),
) -> History:
    if before is not None:
        records = records.filter(id__lt=before)
    found = list(records[: limit + 1])
    shown = words.entries(found[:limit], opener=opener, about=about)
    return History(shown, shown[-1].id if len(found) > limit else None)
