"""What the agent decides about a pair."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Duplicate, Lead
from leads.people.services import join_household


class Decide(Protocol):
    def __call__(self, *, pair: UUID) -> UUID: ...


class Decided(Exception):
    """Somebody, or another tab, was first; says so in words."""


@transaction.atomic
def keep_apart(*, pair: UUID) -> UUID:
    """Two people who only look alike: never offered again."""
    return _decide(_open(pair), Duplicate.State.DISTINCT, "Two people")


@transaction.atomic
def make_household(*, pair: UUID) -> UUID:
    """Two people who live together: each keeps a page, and both know of the other."""
    found = _open(pair)
    with operation("One household") as id:
        one, other = Lead.objects.select_related("household").filter(
            id__in=[found.one_id, found.other_id]
        )
        join_household(lead=one, other=other)
        _decide(found, Duplicate.State.HOUSEHOLD, "One household")
    return id


def _open(pair: UUID) -> Duplicate:
    found = Duplicate.objects.select_for_update().filter(
        id=pair, state=Duplicate.State.OPEN
    ).first()  # fmt: skip
    if found is None:
        raise Decided("That was decided already. Nothing has changed.")
    return found


def _decide(pair: Duplicate, state: str, name: str) -> UUID:
    with operation(name) as id:
        Duplicate.objects.filter(id=pair.id).update(state=state, decided_at=timezone.now())
        data: dict[str, object] = {"pair": str(pair.id), "state": state}
        record("duplicate.decided", subject=pair.one_id, data=data)
    return id
