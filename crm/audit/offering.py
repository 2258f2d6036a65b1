"""What the history offers to take back: each piece of the owner's work, at its newest record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from crm.models import Operation, Trail

# What was done by itself follows from what somebody did, and goes back with it.
BY_HAND = ("owner", "api")


@dataclass(frozen=True, slots=True)
class Offer:
    operation: UUID
    name: str
    label: str
    # How it went on, where that is so already.
    since: str


def offers(records: Iterable[Trail]) -> dict[int, Offer]:
    """By the record at which it stands, one query for all."""
    newest: dict[UUID, int] = {}
    for record in records:
        if record.operation is not None and record.op in Trail.CHANGES:
            newest.setdefault(record.operation, record.id)
    found = Operation.objects.filter(id__in=newest).select_related("undone_by")
    return {newest[done.id]: _offer(done) for done in found if done.actor.split(":")[0] in BY_HAND}


def _offer(done: Operation) -> Offer:
    label, since = ("Do again", "done again") if done.is_undo else ("Undo", "undone")
    return Offer(done.id, done.work, label, since if hasattr(done, "undone_by") else "")
