"""A list as a file: the columns that are shown, all rows of the scope, in the list's order.

A cell that a spreadsheet would take for a formula begins with an apostrophe, as spreadsheets
themselves write text.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from crm.lists import orders, paging
from crm.lists.cells import shower
from crm.lists.declaration import Column, Rows

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
BATCH = 500


def guarded(value: object) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, SafeString):
        text = html.unescape(strip_tags(text))
    bare = text.replace("\0", "")
    return f"'{bare}" if text.startswith(FORMULA) and not _is_number(bare) else bare


def _is_number(text: str) -> bool:
    """-12.5 is a number and nothing else."""
    whole, _, part = text.removeprefix("-").partition(".")
    return whole.isascii() and whole.isdigit() and (not part or (part.isascii() and part.isdigit()))


def lines(rows: Rows, order: orders.Order, columns: Sequence[Column]) -> Iterator[str]:
    """A byte order mark first: without it Excel reads é as two letters."""
    yield "\ufeff" + _line([column.label for column in columns])
    cells = [_cell(column) for column in columns]
    for batch in paging.walk(rows, order, BATCH):
        yield "".join(_line([cell(row) for cell in cells]) for row in batch)


def _line(cells: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([guarded(cell) for cell in cells])
    return written.getvalue()


def _cell(column: Column) -> Callable[[Any], object]:
    return column.export or shower(column)


async def stream(parts: Iterator[str], zone: dt.tzinfo) -> AsyncIterator[str]:
    """The database is asked in the request's own thread, a batch at a time. The middleware that
    sets the owner's zone is through by then."""

    def following() -> str | None:
        with timezone.override(zone):
            return next(parts, None)

    while (part := await sync_to_async(following)()) is not None:
        yield part
