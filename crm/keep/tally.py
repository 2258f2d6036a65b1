"""Counting and summing up every table, to tell whether a restored database is the one backed up."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

from crm.keep.manifest import Tally

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""


def tables(database: Connection[Any], *, without: frozenset[str] = frozenset()) -> dict[str, Tally]:
    return {name: tally(database, name) for name in names(database) if name not in without}


def names(database: Connection[Any]) -> list[str]:
    return [row[0] for row in database.execute(TABLES)]


def tally(database: Connection[Any], table: str) -> Tally:
    """The digest is a sum over the rows' hashes, so that no order and no memory is needed."""
    query = sql.SQL(
        "SELECT count(*), coalesce(sum("
        " ('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0) FROM {} t"
    )
    row = database.execute(query.format(sql.Identifier(table))).fetchone()
    return Tally(rows=row[0], digest=str(row[1])) if row else Tally(rows=0, digest="0")


def differences(wanted: dict[str, Tally], found: dict[str, Tally]) -> list[str]:
    """In words, what a restored database lacks or has otherwise."""
    return [
        _difference(name, wanted.get(name), found.get(name))
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]


def _difference(name: str, wanted: Tally | None, found: Tally | None) -> str:
    if found is None:
        return f"The table {name} is missing."
    if wanted is None:
        return f"The table {name} should not be there."
    if wanted.rows != found.rows:
        return f"The table {name} has {found.rows} rows instead of {wanted.rows}."
    return f"The rows of the table {name} are not the ones that were backed up."
