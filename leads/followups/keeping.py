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
    told: Row = {
        "What": follow_up.get_kind_display(),
        "Title": follow_up.title,
        "Notes": follow_up.notes,
        "Due": follow_up.due_on or follow_up.due,
        "Repeats": follow_up.rule,
        "State": follow_up.get_state_display(),
        "Ended": follow_up.ended_at,
        "Outcome": follow_up.get_outcome_display(),
        "Home": follow_up.listing.title if follow_up.listing else "",
        "Confirmed": follow_up.confirmed_at,
    }
    return {name: value for name, value in told.items() if value}


def erase(person: UUID) -> int:
    """The rows go, with their reminders; letters that may have named the person are blanked."""
    gone, _ = FollowUp.objects.filter(lead=person).delete()
    if gone:
        letters.forget_words()
    return gone


def register() -> None:
    register_holding(Holding("follow_ups", "What was planned with them", find, tell, erase))
