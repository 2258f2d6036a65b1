from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.db import connection
from psycopg import sql

from crm.bench.zipf import Zipf


@dataclass(frozen=True)
class Stage:
    """The database that is open for a run: its size, its seed, its day."""

    rows: int
    seed: int
    today: datetime

    def random(self, name: str) -> Random:
        """Each maker draws from its own stream, so that a new maker does not change the others."""
        return Random(f"{self.seed}:{name}")  # noqa: S311 - repeatable on purpose

    def zipf(self, size: int, *, exponent: float = 1.07) -> Zipf:
        return Zipf(size, exponent=exponent)


def copy(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    types: Sequence[str] = (),
) -> int:
    """Bulk rows by COPY, with the table's triggers on; gives how many went in."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        if types:
            stream.set_types(types)
        for row in rows:
            stream.write_row(row)
            count += 1
    return count
