"""Counts and times the queries of whatever has a tally open; nothing is kept of their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from crm.watch.entries import current

# Enough to find the cause; a page that runs a thousand slow queries is listed as a slow page.
MOST_A_TALLY = 5
LONGEST = 4000

# One pass for quotes and comments: each may hold the other's marks.
_TEXT = re.compile(
    r"(?P<quoted>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)|/\*.*?\*/|--[^\n]*", re.DOTALL
)
_NUMBER = re.compile(r"(?<![\w$%.])\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\((?:\s*%s\s*,)+\s*%s\s*\)")


def watch_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _observe not in connection.execute_wrappers:
        connection.execute_wrappers.append(_observe)


def start() -> None:
    """Django's own signal is the one place where every new connection passes."""
    connection_created.connect(watch_connection, dispatch_uid="crm.watch.observing")


def placeholders_only(statement: str) -> str:
    """The statement's shape: literals written into it and comments are taken out too."""
    text = _TEXT.sub(lambda found: "?" if found["quoted"] else " ", statement)
    text = _NUMBER.sub("?", text)
    text = _LIST.sub("(%s, …)", text)
    return " ".join(text.split())[:LONGEST]


def _observe(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    tally = current.get()
    if tally is None:
        return execute(sql, params, many, context)
    tally.queries += 1
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (perf_counter() - started) * 1000
        if milliseconds >= settings.WATCH_SLOW_QUERY_MS and len(tally.slow) < MOST_A_TALLY:
            tally.slow.append((sql if isinstance(sql, str) else "", milliseconds))
