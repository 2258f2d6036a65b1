"""Rows first, indexes after, as a restore does it: kept up row by row they cost several times more.

What enforces something stays throughout: primary keys, unique indexes, constraints, triggers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from django.db import connection
from psycopg import sql

from crm.bench.hands import Job, share_out

DEFINITIONS = """
SELECT c.relname, pg_get_indexdef(i.indexrelid), t.relname, i.indisunique OR i.indisexclusion
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND i.indisvalid AND i.indisready
"""
# The largest first, so that no long work is left for the end.
TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
ORDER BY pg_relation_size(oid) DESC, relname
"""
CASTS = re.compile(r"[()]|::(?:character varying|text)(?:\[\])?")
BUILDING = "SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 0"


class IndexesDiffer(Exception):
    """Not every index came back as it was."""


@contextmanager
def built_afterwards(along: Mapping[str, Job] | None = None) -> Iterator[None]:
    """Within, only those indexes stand that enforce something.

    What is to go `along` one of the others is done while the rest of them are built.
    """
    going = along or {}
    before = _found()
    dropped = {name: each for name, each in before.items() if not each[2]}
    if unknown := going.keys() - dropped.keys():
        raise IndexesDiffer(", ".join(sorted(unknown)))
    _drop(list(dropped))
    yield
    # The first scan marks each page as settled and so writes it anew: best before any index.
    each_table("VACUUM {}")
    places = {table: place for place, table in enumerate(_tables())}
    ordered = sorted(dropped, key=lambda name: (name not in going, places[dropped[name][1]]))
    share_out(partial(_build, *dropped[name][:2], going.get(name)) for name in ordered)
    if lost := _plain(before) - _plain(_found()):
        raise IndexesDiffer(", ".join(sorted(name for name, _ in lost)))


def each_table(statement: str) -> int:
    tables = _tables()
    share_out(partial(_run, sql.SQL(statement).format(sql.Identifier(each))) for each in tables)
    return len(tables)


def _found() -> dict[str, tuple[str, str, bool]]:
    """Each index that can be used: its definition, its table, whether it enforces something."""
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS)
        return {name: (text, table, enforces) for name, text, table, enforces in cursor.fetchall()}


def _plain(found: dict[str, tuple[str, str, bool]]) -> set[tuple[str, str]]:
    """A definition that is read again puts its casts elsewhere, as after a restore."""
    return {(name, CASTS.sub("", definition)) for name, (definition, _, _) in found.items()}


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [table for (table,) in cursor.fetchall()]


def _drop(names: list[str]) -> None:
    if names:
        _run(sql.SQL("DROP INDEX {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))


def _build(definition: str, table: str, then: Job | None) -> None:
    _run(BUILDING)
    _run(definition)
    if then is not None:
        # Its plans want statistics.
        _run(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        then()


def _run(statement: str | sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
