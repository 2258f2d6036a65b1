"""What a test committed goes when it ends: only tables that hold rows are touched.

Django truncates every table and makes all permissions anew, which takes as long as most tests do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg import sql
from psycopg.errors import DeadlockDetected

from leads.apps import begin
from tests import prepared

# Made by migrations alone, the same for every test.
KEPT = {"django_content_type", "auth_permission"}
TRIES = 3


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """Each worker's database is a copy of one that was migrated once in the run."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared.database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    TransactionTestCase._fixture_teardown = lambda _case: empty()  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        empty()


# What the tables that `begin` fills hold right after it, by the database's name.
_begun: dict[str, dict[str, str]] = {}


def empty() -> None:
    """As right after migrating, and nothing in the trail."""
    begun = _begun.get(connection.settings_dict["NAME"], {})
    # Where none of the chosen tests uses it, the database was not made.
    if not begun and not connection.introspection.table_names():
        return
    kept = begun if begun and _content(begun) == begun else {}
    delete = partial(_delete_from, sorted(_which_hold_rows() - set(kept)), begin_anew=not kept)
    for _ in range(TRIES):
        try:
            delete()
        # The last request of a page that was closed may still be at work.
        except OperationalError as refused:
            if not isinstance(refused.__cause__, DeadlockDetected):
                raise
        else:
            return
    delete()


def _delete_from(held: list[str], *, begin_anew: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # No trail of it, and no order among tables that point to one another.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in held:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        if begin_anew:
            begin()
            _begun[connection.settings_dict["NAME"]] = _content(_which_hold_rows())


def _content(names: Iterable[str]) -> dict[str, str]:
    asked = [
        sql.SQL("SELECT {}, md5(string_agg(row::text, ' ' ORDER BY row::text)) FROM {} AS row")
        .format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(asked))
        return dict(cursor.fetchall())


def _which_hold_rows() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_asking_which())
        return {name for (name,) in cursor.fetchall()}


@cache
def _asking_which() -> sql.Composed:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    # No model's: when it is full, Django throws out what a test has just counted.
    tables.add("crm_cache")
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in sorted(tables)
    ]
    return sql.SQL(" UNION ALL ").join(asked)
