"""What stands in a cell: made by the column's function, its template, or read along its path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.template.loader import get_template

from crm.lists.declaration import Column

Show = Callable[[Any], object]


def shower(column: Column) -> Show:
    """A function that makes a row's cell."""
    if not isinstance(column.show, str):
        return column.show
    if column.show.endswith(".html"):
        template = get_template(column.show)
        return lambda row: template.render({"row": row})
    return reader_of_path(column.show.split("."))


def reader_of_path(path: Sequence[str]) -> Show:
    def read(row: Any) -> object:
        for step in path:
            row = getattr(row, step) if row is not None else None
        return "" if row is None else row

    return read
