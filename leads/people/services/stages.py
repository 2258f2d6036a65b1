from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Lead, Stage

# What belongs to a move for the rooms above, done with it and undone with it.
Companion = Callable[[Lead, Stage], None]
_companions: list[Companion] = []


def goes_along(companion: Companion) -> None:
    if companion not in _companions:
        _companions.append(companion)


@transaction.atomic
def move_stage(*, lead: Lead, to: Stage, why: str = "", lost_reason: str = "") -> UUID | None:
    """The database itself writes down from where, when, why and how long. None where they stand
    there already, for the same reason."""
    now = Lead.objects.select_for_update().get(id=lead.id)
    reason = lost_reason if to.kind == Stage.Kind.LOST else ""
    if (now.stage_id, now.lost_reason) == (to.id, reason):
        return None
    with operation(f"Move to {to.name}") as id:
        before = now.stage_id
        _say_why(why)
        now.stage, now.lost_reason = to, reason
        now.save(update_fields=["stage", "lost_reason"])
        _say_why("")
        data: dict[str, object] = {"from": before, "to": to.id, "kind": to.kind}
        record("lead.moved", subject=lead.id, data=data)
        for companion in _companions:
            companion(lead, to)
    lead.stage, lead.lost_reason = to, reason
    return id


def _say_why(why: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('porchlight.why', %s, true)", [why])
