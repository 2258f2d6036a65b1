"""Who is acting, from where, and as part of which operation: what the trail writes beside a change.

The three values reach the database as settings of the transaction, so they can't outlive it on a
pooled connection. They are sent just before a statement that writes; one that reads costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction

WRITES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE|WITH|CALL|DO)\b|SELECT\s+crm_\w+\()", re.I
)
SEND = (
    "SELECT set_config('porchlight.actor', %s, true), set_config('porchlight.page', %s, true), "
    "set_config('porchlight.operation', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Acting:
    # A page knows late who signed in and where the address leads, so both may be asked for.
    actor: str | Callable[[], str] = ""
    page: str | Callable[[], str] = ""
    operation: UUID | None = None

    def values(self) -> tuple[str, str, str]:
        return _said(self.actor), _said(self.page), str(self.operation or "")


def _said(value: str | Callable[[], str]) -> str:
    return value if isinstance(value, str) else value()


_process = Acting()
_current: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting:
    return _current.get() or _process


def begin_process(actor: str, page: str) -> None:
    """What this process's main thread does when nothing nearer says more: a command, the worker."""
    global _process
    _process = Acting(actor, page)
    if send_before_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(send_before_writes)


@contextmanager
def acting(actor: str | Callable[[], str], *, page: str | Callable[[], str] = "") -> Iterator[None]:
    with _acting(Acting(actor, page)):
        yield


@contextmanager
def within(operation: UUID) -> Iterator[None]:
    """The changes made inside belong to this operation; a later batch of it may join again."""
    with _acting(replace(current(), operation=operation)):
        yield


def identify(actor: str) -> None:
    """Name the actor once it is known, as when a token has been checked."""
    _current.set(replace(current(), actor=actor))


@contextmanager
def _acting(values: Acting) -> Iterator[None]:
    token = _current.set(values)
    try:
        if send_before_writes in connection.execute_wrappers:
            yield
        else:
            with connection.execute_wrapper(send_before_writes):
                yield
    finally:
        _current.reset(token)


def send_before_writes(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """The wrapper around every statement of a connection."""
    if not WRITES.match(_text(sql)):
        return execute(sql, params, many, context)
    using = context["connection"]
    # Without a transaction the settings would be gone before the statement ran.
    if not using.in_atomic_block:
        with transaction.atomic(using=using.alias):
            _send(using)
            return execute(sql, params, many, context)
    _send(using)
    return execute(sql, params, many, context)


def send() -> None:
    """Send the context now: for COPY and whatever else goes round Django's cursors."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The context lives as long as a transaction.")
    _send(connection)


def _send(using: Any) -> None:
    values = current().values()
    # The driver's own cursor: not seen by wrappers, nor counted as one of the page's queries.
    with using.connection.cursor() as cursor:
        cursor.execute(SEND, values)


def _text(sql: Any) -> str:
    return sql if isinstance(sql, str) else sql.as_string(connection.connection)
