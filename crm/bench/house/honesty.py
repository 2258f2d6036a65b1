"""What the house's rooms answer when asked whether a figure may be reported."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from crm.audit import tracking
from crm.bench.house.people import TABLE
from crm.bench.stage import Stage
from crm.vault import data_keys
from crm.vault.errors import VaultError
from crm.vault.fields import EncryptedField
from crm.vault.sealing import SHORTEST, VERSION, Place, unseal

PROBED = 20


def unsealed_columns(_stage: Stage) -> list[str]:
    """Every sealed column of every model holds sealed values, and the bench's own open again."""
    columns = {
        (model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedField)
    }
    if _exists(TABLE):
        columns.add((TABLE, "email"))
    readable = [
        f"{table}.{column}" for table, column in sorted(columns) if _readable(table, column)
    ]
    return [f"{name} holds values that are not sealed." for name in readable] or _unopened()


def unrecorded_changes(_stage: Stage) -> list[str]:
    """Each tracked table has as many rows as the trail says, and a change adds its records."""
    tables = sorted({model._meta.db_table for model in tracking.tracked_models()})
    tables += [TABLE] if _exists(TABLE) else []
    recorded = _recorded()
    found = []
    for table in tables:
        rows, told = _count(table), recorded.get(table, 0)
        if rows != told:
            found.append(f"{table} has {rows:,} rows, its trail tells of {told:,}.")
    return found or _probe()


def _readable(table: str, column: str) -> bool:
    statement = sql.SQL(
        "SELECT EXISTS (SELECT FROM {table} WHERE {column} IS NOT NULL"
        " AND (length({column}) < %s OR substr({column}, 1, 1) <> %s))"
    ).format(table=sql.Identifier(table), column=sql.Identifier(column))
    return bool(_one(statement, [SHORTEST, VERSION]))


def _unopened() -> list[str]:
    if not _exists(TABLE):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, email FROM bench_person LIMIT %s", [PROBED])
        rows = cursor.fetchall()
    owners = _keys_of([row for row, _ in rows])
    try:
        opened = [
            unseal(
                bytes(email), place=Place(TABLE, "email", row), key=data_keys.opened(owners[row])
            )
            for row, email in rows
        ]
    except (VaultError, KeyError):
        return ["Sealed values do not open again."]
    return [] if all(b"@example.org" in each for each in opened) else ["Seals hold other values."]


def _keys_of(rows: list[UUID]) -> dict[UUID, UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id, id FROM crm_data_key WHERE subject_id = ANY(%s)", [rows])
        return dict(cursor.fetchall())


def _recorded() -> dict[str, int]:
    """How many rows each table should have by the trail: created less deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, sum(CASE op WHEN 'I' THEN 1 ELSE -1 END) FROM crm_trail"
            " WHERE op IN ('I', 'D') GROUP BY table_name"
        )
        return {table: int(rows) for table, rows in cursor.fetchall()}


def _probe() -> list[str]:
    """Some rows are changed, the records counted, and all of it is taken back."""
    if not _exists(TABLE):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        last = _one("SELECT coalesce(max(id), 0) FROM crm_trail")
        cursor.execute(
            "UPDATE bench_person SET note = note || '.' WHERE id IN"
            " (SELECT id FROM bench_person LIMIT %s)",
            [PROBED],
        )
        changed = cursor.rowcount
        told = _one(
            "SELECT count(*) FROM crm_trail WHERE id > %s AND op = 'U' AND table_name = %s",
            [last, TABLE],
        )
        transaction.set_rollback(True)
    return [] if changed == told else [f"{changed} rows were changed, the trail tells of {told}."]


def _count(table: str) -> int:
    return int(_one(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))))


def _exists(table: str) -> bool:
    return _one("SELECT to_regclass(%s) IS NOT NULL", [table]) is True


def _one(statement: Any, values: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (value,) = cursor.fetchone()
    return value
