"""What follow-ups hold on a person, for their rights (crm/keep)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from crm.keep.registry import Holding, Row, register_holding
from leads.followups import letters
from leads.models import FollowUp


def find(person: UUID) -> list[QuerySet[Any]]:
    return [FollowUp.objects.filter(lead=person).select_related("listing").order_by("due", "id")]


def tell(found: Iterable[FollowUp]) -> list[Row]:
    return [_row(one) for one in found]


def _row(follow_up: FollowUp) -> Row:
    return {
        "what": follow_up.get_kind_display(),
        "title": follow_up.title,
        "notes": follow_up.notes,
        "due": follow_up.due.isoformat(),
        "on the day": follow_up.due_on.isoformat() if follow_up.due_on else "",
        "repeats": follow_up.rule,
        "state": follow_up.get_state_display(),
        "ended": follow_up.ended_at.isoformat() if follow_up.ended_at else "",
        "outcome": follow_up.get_outcome_display(),
        "home": follow_up.listing.title if follow_up.listing else "",
        "confirmed": follow_up.confirmed_at.isoformat() if follow_up.confirmed_at else "",
    }


def erase(person: UUID) -> int:
    """The rows go, with their reminders; letters that may have named the person are blanked."""
    gone, _ = FollowUp.objects.filter(lead=person).delete()
    if gone:
        letters.forget_words()
    return gone


def register() -> None:
    register_holding(Holding("follow_ups", "What was planned with them", find, tell, erase))
