"""What the owner hears when the worker is through with a bulk action, wherever they are by then."""

from __future__ import annotations

from django.urls import reverse

from crm.lists import registry
from crm.lists.declaration import ListOf
from crm.models import BulkRun
from crm.notify.kinds import Kind
from crm.notify.services import notify

KIND = Kind("lists.bulk", "Long work on a list is done")
ENDINGS = {
    BulkRun.State.DONE: "done",
    BulkRun.State.STOPPED: "stopped",
    BulkRun.State.FAILED: "could not be finished",
}


def tell(run: BulkRun) -> None:
    listed = registry.find(run.kind)
    if listed is not None:
        notify(
            KIND.name,
            title=title(run, listed),
            body=body(run, listed),
            url=reverse(listed.url_name),
            key=f"{KIND.name}:{run.id}",
        )


def title(run: BulkRun, listed: ListOf) -> str:
    labels = {action.name: action.label for action in listed.bulk}
    return f"{labels.get(run.action, run.action)}: {ENDINGS[BulkRun.State(run.state)]}"


def body(run: BulkRun, listed: ListOf) -> str:
    said = [f"{run.done:,} of {run.total:,} {listed.noun[1]}."]
    said += [f"{number:,} left: {why}." for why, number in run.left.items()]
    if run.state == BulkRun.State.FAILED:
        said.append("What was done stays. Undo takes it back, or do the rest again.")
    return " ".join(said)
