"""What stands in a cell: made by the column's function, its template, or read along its path.

A page has hundreds of cells; they are put together here, where a template would take longer than
the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from crm.lists.declaration import Column

Show = Callable[[Any], Any]


def shower(column: Column) -> Show:
    """A function that makes a row's cell."""
    if not isinstance(column.show, str):
        return column.show
    if column.show.endswith(".html"):
        template = get_template(column.show)
        return lambda row: template.render({"row": row})
    return reader_of_path(column.show.split("."))


def classes(column: Column) -> str:
    """How a cell stands, and when it makes room."""
    chosen = [
        "num" if column.number else "",
        "clip" if column.clip else "",
        f"drops-{column.drops}" if column.drops else "",
        f"phone-{column.phone or 'none'}",
    ]
    return " ".join(filter(None, chosen))


def row_of_cells(columns: Sequence[Column]) -> Callable[[Any], SafeString]:
    cells = [(format_html('<td class="{}">', classes(each)), shower(each)) for each in columns]

    def row_of(row: Any) -> SafeString:
        """Each content is escaped unless it says that it is HTML."""
        parts = [f"{begin}{conditional_escape(show(row))}</td>" for begin, show in cells]
        return SafeString("".join(parts))

    return row_of


def reader_of_path(path: Sequence[str]) -> Show:
    def read(row: Any) -> object:
        for step in path:
            row = getattr(row, step) if row is not None else None
        return "" if row is None else row

    return read
