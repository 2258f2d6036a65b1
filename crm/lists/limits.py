"""What a page may ask of the database: a statement that takes longer is ended, and said to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg.errors
from django.db import OperationalError, connection, transaction

PAGE_MS = 1000
COUNT_MS = 300
# For what may well not be there, and is looked for beside what was found.
REST_MS = 30


class TooSlow(Exception):
    """The database needed longer than it was given."""


@contextmanager
def within(milliseconds: int) -> Iterator[None]:
    """Each statement inside has so long. The driver's own cursor: not one of the page's queries."""
    try:
        with transaction.atomic():
            before = _set(milliseconds)
            yield
            # The setting outlives a savepoint, and would be the outer transaction's.
            _put(before)
    except psycopg.errors.QueryCanceled as error:
        # The setting itself, at the very end, on a machine that is busy.
        raise TooSlow from error
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooSlow from error
        raise


def _set(milliseconds: int) -> str:
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'),"
            " set_config('statement_timeout', %s, true)",
            [str(milliseconds)],
        )
        return str(cursor.fetchone()[0])


def _put(value: str) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [value])
