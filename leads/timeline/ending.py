"""What a log ends: what was due with this person, as the dialog says it and lets one leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from leads.models import FollowUp, Lead
from leads.timeline import moments, outcomes

LOOKED_AT = 20
# They begin at their time: before it, nobody has been to one.
APPOINTMENTS = (FollowUp.Kind.MEETING, FollowUp.Kind.SHOWING)


@dataclass(frozen=True)
class Ends:
    """`ticked` where the log ends it unless one says otherwise."""

    follow_up: FollowUp
    ticked: bool

    @property
    def words(self) -> str:
        """ "Call again, due today 16:00" """
        due, now = self.follow_up, timezone.now()
        said = moments.due_words(due.due, due.due_on, now)
        return f"{due.title}, {'was due' if due.due < now else 'due'} {said}"


def named(id: str, lead: Lead) -> FollowUp | None:
    try:
        wanted = UUID(id)
    except ValueError:
        return None
    return next(iter(_theirs(lead, id=wanted)), None)


def today(lead: Lead, kind: str) -> Ends | None:
    """Due until the end of the day, the oldest first: a talk of this kind, or of any if the
    opener didn't say one; else whatever else is due, which no such talk ends by itself."""
    now = timezone.now()
    tonight = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
    due = [
        one
        for one in _theirs(lead, state=FollowUp.State.OPEN, due__lte=tonight)
        if one.kind not in APPOINTMENTS or one.due <= now
    ]
    talks = [one for one in due if (one.kind == kind if kind else one.kind in outcomes.QUICK)]
    if talks:
        return Ends(talks[0], ticked=True)
    return Ends(due[0], ticked=False) if due else None


def _theirs(lead: Lead, **conditions: object) -> Sequence[FollowUp]:
    found = FollowUp.objects.filter(lead=lead, **conditions).select_related("listing")
    return list(found.order_by("due", "id")[:LOOKED_AT])
