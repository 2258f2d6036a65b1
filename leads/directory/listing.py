"""The list of people: the one declaration that the house's machinery of lists works from."""

from __future__ import annotations

from typing import Any

from crm.lists.declaration import Builtin, BulkPage, ListOf, Rows
from crm.shell.links import link
from leads.directory.bulk import BULK, NOUN
from leads.directory.columns import COLUMNS, with_areas, with_source, with_stage
from leads.directory.filters import FILTERS
from leads.directory.own import own_fields
from leads.models import Lead, Stage

OPEN = [kind for kind in Stage.Kind.values if kind not in Stage.ENDED]


def asks(*conditions: tuple[str, str, list[str]]) -> dict[str, Any]:
    """All of these: a filter, an operator, its values."""
    told = [{"filter": name, "is": how, "values": values} for name, how, values in conditions]
    return {"version": 1, "all": told}


IS_OPEN = ("stage-kind", "any_of", OPEN)
BUILTIN = [
    Builtin("all", "All", icon="users"),
    Builtin("hot", "Hot", asks(("score", "at_least", ["75"]), IS_OPEN), icon="flame", pinned=True),
    Builtin("new", "New this week", asks(("arrived", "past", ["7", "days"])), sort="-arrived",
            icon="zap"),
    Builtin("ready", "Ready to move",
            asks(IS_OPEN, ("moving", "any_of", ["immediate", "planning"])), icon="door-open"),
    Builtin("quiet", "Quiet 7 days", asks(IS_OPEN, ("touch", "older_or_never", ["7", "days"])),
            icon="moon", pinned=True),
    Builtin("overdue", "Overdue", asks(("overdue", "yes", [])), sort="next",
            icon="circle-alert", pinned=True),
    Builtin("past", "Past clients", asks(("stage-kind", "any_of", ["closed"])), icon="key-round"),
]  # fmt: skip


def prepare_preview(rows: Rows) -> Rows:
    return with_areas(with_source(with_stage(rows)))


LEADS = ListOf(
    name="leads",
    label="Leads",
    noun=NOUN,
    url_name="directory:leads",
    rows=lambda: Lead.objects.present(),
    columns=COLUMNS,
    filters=FILTERS,
    sort="-score",
    row_url=lambda lead: link("people:lead", lead.id),
    builtin=BUILTIN,
    bulk=BULK,
    pages=[BulkPage("Merge", "merge", "duplicates:gather")],
    preview="leads/directory/_preview.html",
    prepare_preview=prepare_preview,
    empty="Add the first here, or with N from any page.",
    add=("Add a lead", "people:add"),
    more=own_fields,
    walks=True,
)
