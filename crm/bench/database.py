"""Databases of the bench's own, beside the real one on the same server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from crm.bench import registry
from crm.bench.stage import Stage
from crm.keep.server import drop_database
from crm.runtime import databases


def name_for(rows: int) -> str:
    return f"{_real_name()}_bench_{rows}"


@contextmanager
def opened(name: str, *, as_owner: bool = False) -> Iterator[None]:
    """Within, Django's connection leads to the database `name`."""
    before = dict(connection.settings_dict)
    # Kept from page to page, as the pool of the web process keeps its connections.
    kept = {"NAME": name, "CONN_MAX_AGE": None}
    _lead_to({**(_owner_settings() if as_owner else before), **kept})
    try:
        yield
    finally:
        _lead_to(before)


def is_ready(name: str, stage: Stage) -> bool:
    """Made to the end, with these rows and this seed, by no later version."""
    if not _is_marked(name, _mark(stage)):
        return False
    with opened(name):
        return set(MigrationRecorder(connection).applied_migrations()) <= _known_migrations()


def catch_up() -> None:
    """What was added since the open database was made."""
    call_command("migrate", verbosity=0, interactive=False)


def _is_marked(name: str, mark: str) -> bool:
    with _server() as server:
        row = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
    return row is not None and row[0] == mark


def make_empty(name: str) -> None:
    """A copy of one that was migrated: that takes seconds, a copy a fraction of one."""
    if not _is_marked(pattern(), _migrations()):
        _create(pattern(), "template0")
        with opened(pattern(), as_owner=True):
            catch_up()
        _mark_as(pattern(), _migrations())
    _create(name, pattern())


def pattern() -> str:
    return f"{_real_name()}_bench_empty"


def mark_ready(name: str, stage: Stage) -> None:
    _mark_as(name, _mark(stage))


def _create(name: str, template: str) -> None:
    drop(name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with _server() as server:
        server.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _mark_as(name: str, mark: str) -> None:
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
    with _server() as server:
        server.execute(statement.format(sql.Identifier(name), sql.Literal(mark)))


def _migrations() -> str:
    return json.dumps(sorted(map(list, _known_migrations())))


def _known_migrations() -> set[tuple[str, str]]:
    """All that this version has, applied or not."""
    return set(MigrationLoader(None).disk_migrations)


def drop(name: str) -> None:
    if not name.startswith(f"{_real_name()}_bench_"):
        raise ValueError(f"{name} is not a database of the bench.")
    drop_database(name)


def _mark(stage: Stage) -> str:
    """What a database was made of; when any of it changes the rows are made anew."""
    makers = sorted(f"{maker.room}: {maker.name}" for maker in registry.makers())
    return json.dumps({"rows": stage.rows, "seed": stage.seed, "makers": makers})


def _lead_to(values: dict[str, Any]) -> None:
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(values)


def _owner_settings() -> dict[str, Any]:
    wanted = {"NAME", "HOST", "PORT", "USER", "PASSWORD"}
    found = databases.settings(settings.DATABASE_OWNER_URL)
    return {name: value for name, value in found.items() if name in wanted}


def _real_name() -> str:
    """Taken once, before any bench database is open."""
    return str(settings.DATABASES["default"]["NAME"]).partition("_bench_")[0]


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    owner = _owner_settings()
    with psycopg.connect(
        dbname="postgres",
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
        user=owner["USER"] or None,
        password=owner["PASSWORD"] or None,
        autocommit=True,
    ) as server:
        yield server
