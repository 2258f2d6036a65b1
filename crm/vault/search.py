"""Finding notes by their words: candidates from the index, then each is opened and read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from crm.vault.blind import WordIndex
from crm.vault.errors import Erased
from crm.vault.words import asked, looked_up, matches

CANDIDATES = 1000
FEW = 60
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows that truly match, newest first; `complete` is False where more may do."""

    rows: list[Row]
    complete: bool


def by_words(
    rows: models.QuerySet[Row],
    *,
    index: str,
    text: str,
    limit: int = 50,
    candidates: int = CANDIDATES,
) -> Found[Row]:
    """Rows whose note has every word asked for, or a word that begins with it."""
    field = rows.model._meta.get_field(index)
    wanted = asked(text)
    if not wanted or not isinstance(field, WordIndex):
        return Found([], complete=True)
    ids = _candidates(field, wanted, candidates + 1)
    found: list[Row] = []
    for row in _newest_first(rows, ids[:candidates], limit):
        if len(found) == limit:
            return Found(found, complete=False)
        if _reads(row, field.source, wanted):
            found.append(row)
    return Found(found, complete=len(ids) <= candidates)


def _newest_first(rows: models.QuerySet[Row], ids: list[UUID], limit: int) -> Iterator[Row]:
    """What has the words' hashes nearly always has the words: the first few mostly suffice."""
    newest = sorted(ids, reverse=True)
    few = max(2 * limit, FEW)
    for some in filter(None, (newest[:few], newest[few:])):
        yield from rows.filter(pk__in=some).order_by("-pk")


def _reads(row: models.Model, source: str, wanted: list[str]) -> bool:
    try:
        return matches(getattr(row, source), wanted)
    except Erased:
        return False


def _candidates(field: WordIndex, wanted: list[str], limit: int) -> list[UUID]:
    """Its own statement, without an order and with one plan to choose from.

    Beside other conditions, or where a rare hash meets a common one, the planner prefers to walk
    the table by its primary key.
    """
    ordinary, long = looked_up(field.key(), wanted)
    quote = connection.ops.quote_name
    statement = (
        f"SELECT {quote('id')} FROM {quote(field.model._meta.db_table)}"  # noqa: S608
        f" WHERE {quote(str(field.column))} @> %s::int[]"
        f" OR {quote(str(field.column))} @> %s::int[] LIMIT %s"
    )
    within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        _only_bitmaps(cursor, "off")
        cursor.execute(statement, [ordinary, long, limit])
        ids = [row[0] for row in cursor.fetchall()]
        # The end of the transaction does it otherwise.
        if within:
            _only_bitmaps(cursor, "on")
    return ids


def _only_bitmaps(cursor: Any, others: str) -> None:
    cursor.execute(
        "SELECT set_config('enable_seqscan', %s, true), set_config('enable_indexscan', %s, true)",
        [others, others],
    )
