"""Undo of what was done to very many rows: the worker's, as the doing was."""

from __future__ import annotations

from uuid import UUID

from crm.audit import context, undo
from crm.audit.undoing import Undone
from crm.models import BulkRun, Operation, Trail
from crm.runtime.ticks import poke

ACTION = "undo"
AGAIN = "again"
TICK = "lists.bulk"
# More changes than this take longer than one waits for a page.
AT_ONCE = 2000


def still_going_on(operation: UUID) -> str:
    going_on = BulkRun.objects.going_on().filter(operation=operation).first()
    if going_on is None:
        return ""
    if going_on.action == ACTION:
        return "It is being undone already."
    return "It is still being done. Stop it first, or wait."


def leave_to_worker(operation: UUID) -> Undone | None:
    changes = Trail.objects.filter(operation=operation)[: AT_ONCE + 1].count()
    done = Operation.objects.get(id=operation)
    if changes <= AT_ONCE or Operation.objects.filter(undoes=done).exists():
        return None
    BulkRun.objects.create(
        operation=done,
        kind=done.summary.get("list", ""),
        action=ACTION,
        actor=context.current().values()[0],
        scope={},
        total=0,
    )
    poke(TICK)
    words = "Being done again" if done.is_undo else "Being undone"
    return Undone(f"{words}. You are told when it is done.", later=True)


def undo_all(run: BulkRun) -> None:
    """In one transaction, as an undo always is; a worker that dies in it leaves nothing half."""
    report = undo.undo(run.operation_id)
    run.done = run.total = report.changed_back + report.removed + report.returned
    for left in report.left:
        run.left[left.why] = run.left.get(left.why, 0) + 1
    run.data = {AGAIN: str(report.operation)}
