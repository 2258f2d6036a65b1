"""Who shares something with whom: groups by hash or by name, bounded, for all leads or for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from leads.models import ContactPoint, Lead

# A number that more people share is an office's, an address that more share is a building's.
LARGEST = 20

SHARED = """
SELECT array_agg(p.lead_id) FROM (
    SELECT DISTINCT c.{column} AS shared, c.lead_id FROM leads_contactpoint c
    JOIN leads_lead l ON l.id = c.lead_id AND l.state IN ('present', 'archived')
    WHERE c.{column} IS NOT NULL) p
GROUP BY p.shared HAVING count(*) > 1
"""

# A name alone is no evidence: only those with a postal address to compare.
NAMESAKES = """
SELECT array_agg(l.id) FROM leads_lead l
WHERE l.state IN ('present', 'archived') AND EXISTS (
    SELECT FROM leads_contactpoint c WHERE c.lead_id = l.id AND c.kind = 'address')
GROUP BY l.folded_name HAVING count(*) > 1
"""

NEAR_ONE = """
SELECT DISTINCT c.lead_id FROM leads_contactpoint c
JOIN leads_lead l ON l.id = c.lead_id AND l.state IN ('present', 'archived')
WHERE c.{column} = %s AND c.lead_id <> %s LIMIT %s
"""

NAMESAKES_OF_ONE = """
SELECT l.id FROM leads_lead l JOIN leads_lead me ON me.id = %s AND l.folded_name = me.folded_name
WHERE l.id <> me.id AND l.state IN ('present', 'archived') AND EXISTS (
    SELECT FROM leads_contactpoint c WHERE c.lead_id = l.id AND c.kind = 'address') LIMIT %s
"""

COLUMNS = {
    "email": "email_hash",
    "phone": "phone_hash",
    "messenger": "messenger_hash",
    "address": "address_hash",
}


@dataclass(frozen=True)
class Group:
    kind: str
    leads: Sequence[UUID]

    @property
    def too_large(self) -> bool:
        return len(self.leads) > LARGEST


def everywhere() -> Iterator[Group]:
    """Every group there is, without holding them all."""
    for kind, column in COLUMNS.items():
        yield from _stream(kind, SHARED.format(column=column))
    yield from _stream("name", NAMESAKES)


def _stream(kind: str, statement: str) -> Iterator[Group]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(500):
            for (leads,) in rows:
                yield Group(kind, leads)


def around(lead: Lead) -> set[UUID]:
    """Whom to compare with this one; nobody over what too many share."""
    found: set[UUID] = set()
    for point in ContactPoint.objects.filter(lead=lead).only("id", "kind", *COLUMNS.values()):
        found |= near(point.kind, getattr(point, COLUMNS[point.kind]), but=lead.id)
    return found | _few(NAMESAKES_OF_ONE, [lead.id])


def near(kind: str, value: bytes | None, *, but: UUID) -> set[UUID]:
    if value is None:
        return set()
    return _few(NEAR_ONE.format(column=COLUMNS[kind]), [value, but])


def _few(statement: str, given: list[Any]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, LARGEST])
        rows = {row[0] for row in cursor.fetchall()}
    return rows if len(rows) < LARGEST else set()
