"""How a model joins the trail: `triggers = [*tracking.triggers(subject="lead")]` in its Meta."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pgtrigger
from django.db import models

WRITER = "crm_trail_write"


class TrailTrigger(pgtrigger.Trigger):
    """Hands a statement's rows to the one function that may write the trail.

    pgtrigger would make a function for each trigger, with the caller's rights, that a session
    can switch off. Ours runs as its owner and knows no such switch.
    """

    level = pgtrigger.Statement
    func = "RETURN NULL;"

    def __init__(self, *, subject: str, exclude: Sequence[str], **given: Any) -> None:
        self.subject = subject
        self.exclude = tuple(exclude)
        super().__init__(**given)

    def render_execute(self, model: Any) -> str:
        key = model._meta.pk.column
        subject = _column(model, self.subject) if self.subject else ""
        excluded = ",".join(_column(model, name) for name in self.exclude)
        return f"{WRITER}('{key}', '{subject}', '{excluded}')"


def _column(model: Any, field: str) -> str:
    return str(model._meta.get_field(field).column)


def triggers(*, subject: str = "", exclude: Sequence[str] = ()) -> list[TrailTrigger]:
    """`subject` is the field naming the person whom the row is about; `exclude` is never kept."""
    shapes = [
        (pgtrigger.After, pgtrigger.Insert, {"new": "new_rows"}),
        (pgtrigger.After, pgtrigger.Update, {"old": "old_rows", "new": "new_rows"}),
        (pgtrigger.After, pgtrigger.Delete, {"old": "old_rows"}),
        (pgtrigger.Before, pgtrigger.Truncate, {}),
    ]
    return [
        TrailTrigger(
            name=f"trail_{operation.name.lower()}",
            when=when,
            operation=operation,
            referencing=pgtrigger.Referencing(**rows) if rows else None,  # type: ignore[no-untyped-call]
            subject=subject,
            exclude=exclude,
        )
        for when, operation, rows in shapes
    ]


def tracked_models() -> list[type[models.Model]]:
    """Every model that keeps a trail, found by its triggers."""
    registered: Any = pgtrigger.registered()
    return [
        model
        for model, trigger in registered
        if isinstance(trigger, TrailTrigger) and trigger.name == "trail_insert"
    ]


def trigger_names() -> list[tuple[str, str]]:
    """Each tracked table with the names that its triggers bear in the database."""
    registered: Any = pgtrigger.registered()
    return [
        (model._meta.db_table, trigger.get_pgid(model))
        for model, trigger in registered
        if isinstance(trigger, TrailTrigger)
    ]


@cache
def tracked_tables() -> dict[str, tuple[type[models.Model], tuple[str, ...]]]:
    """Each tracked table's model, and the fields that its trail leaves out."""
    registered: Any = pgtrigger.registered()
    return {
        model._meta.db_table: (model, trigger.exclude)
        for model, trigger in registered
        if isinstance(trigger, TrailTrigger) and trigger.name == "trail_insert"
    }
