"""What the owner hears when the worker is through with a bulk action, wherever they are by then."""

from __future__ import annotations

from django.urls import reverse

from crm.lists import registry
from crm.lists.declaration import ListOf
from crm.lists.taking_back import ACTION
from crm.models import BulkRun
from crm.notify.kinds import Kind
from crm.notify.services import notify

KIND = Kind("lists.bulk", "Long work on a list is done")
UNDO, AGAIN = "Undo", "Do again"
ENDINGS = {
    BulkRun.State.DONE: "done",
    BulkRun.State.STOPPED: "stopped",
    BulkRun.State.FAILED: "could not be finished",
}


def tell(run: BulkRun) -> None:
    """Undone may be what no list did: an import, a merge."""
    listed = registry.find(run.kind)
    notify(
        KIND.name,
        title=title(run, listed),
        body=body(run, listed),
        url=reverse(listed.url_name) if listed else "",
        key=f"{KIND.name}:{run.id}",
    )


def title(run: BulkRun, listed: ListOf | None) -> str:
    labels = {action.name: action.label for action in listed.bulk} if listed else {}
    label = labels.get(run.action, run.action)
    if run.action == ACTION:
        label = AGAIN if run.operation.is_undo else UNDO
    return f"{label}: {ENDINGS[BulkRun.State(run.state)]}"


def body(run: BulkRun, listed: ListOf | None) -> str:
    noun = listed.noun[1] if listed and run.action != ACTION else "changes"
    said = [f"{run.done:,} of {run.total:,} {noun}."]
    said += [f"{number:,} left: {why}." for why, number in run.left.items()]
    if run.state == BulkRun.State.FAILED and run.action != ACTION:
        said.append("What was done stays. Undo takes it back, or do the rest again.")
    return " ".join(said)
