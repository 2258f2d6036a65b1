"""While somebody is typed in: who may be the same person already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Value

from crm.models.folded import Folded
from crm.vault.ids import uuid7
from leads.duplicates import groups, known
from leads.duplicates.rules import Known, judge
from leads.models import ContactPoint, Lead

SHOWN = 3


def look_up(name: str, phones: Sequence[str], emails: Sequence[str]) -> list[Lead]:
    """The likeliest first: by what is shared, then namesakes."""
    typed = Known(
        id=uuid7(),
        name=name,
        emails=_hashed("email", emails),
        phones=_hashed("phone", phones),
    )
    near = {
        id
        for kind, values in (("email", typed.emails), ("phone", typed.phones))
        for value in values
        for id in groups.near(kind, value, but=typed.id)
    }
    ranked = _ranked(typed, near)
    found = Lead.objects.in_bulk(ranked[:SHOWN])
    likely = [found[id] for id in ranked if id in found]
    return (likely + _namesakes(name, likely))[:SHOWN]


def _hashed(kind: str, values: Sequence[str]) -> frozenset[bytes]:
    field: Any = ContactPoint._meta.get_field(known.HASHES[kind])
    return frozenset(filter(None, map(field.made_from, values)))


def _ranked(typed: Known, near: set[UUID]) -> list[UUID]:
    people = known.fetch(near, addresses=False)
    verdicts = {id: judge(typed, one) for id, one in people.items()}
    sure = {id: verdict.confidence for id, verdict in verdicts.items() if verdict is not None}
    return sorted(sure, key=lambda id: (-sure[id], id))


def _namesakes(name: str, but: Sequence[Lead]) -> list[Lead]:
    if len(name.split()) < 2:
        return []
    found = Lead.objects.filter(state__in=known.COMPARED, folded_name=Folded(Value(name)))
    return list(found.exclude(id__in=[lead.id for lead in but]).order_by("-score", "id")[:SHOWN])
