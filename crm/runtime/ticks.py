"""Work that is looked for every few seconds. The rows are the truth; a poke is a hint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

log = structlog.get_logger(__name__)

TASK = "crm.runtime.tick"
# A hint that waited longer has been overtaken by the next one.
HINT_LIVES = 15


@dataclass(frozen=True)
class Due:
    name: str
    every: int
    run: Callable[[], object]
    # May take minutes: runs after the quick ones, and one such at a time.
    slow: bool = False
    # Goes on where the last run died: what it does has leases and counts its own attempts.
    resumes: bool = False


_ticks: dict[str, Due] = {}


_listeners: list[Callable[[str, Exception], None]] = []


def on_failure(hear: Callable[[str, Exception], None]) -> None:
    """Let `hear` know which tick failed, and how."""
    if hear not in _listeners:
        _listeners.append(hear)


def tell_of_failure(name: str, error: Exception) -> None:
    for hear in _listeners:
        hear(name, error)


def register(
    name: str,
    *,
    every: int,
    run: Callable[[], object],
    slow: bool = False,
    resumes: bool = False,
) -> None:
    _ticks[name] = Due(name, every, run, slow, resumes)


def registered() -> dict[str, Due]:
    return dict(_ticks)


@dataclass(frozen=True)
class Poke:
    name: str

    def __call__(self) -> None:
        if not settings.REDIS_URL:
            return
        # Loaded with the first poke: Celery is a fifth of the web's start.
        from crm.celery import app

        try:
            app.send_task(TASK, [self.name], expires=HINT_LIVES, ignore_result=True, retry=False)
        # Whatever it is: what asked for it has been done, and the tick comes by itself.
        except Exception as error:
            log.info("poke lost", tick=self.name, error=type(error).__name__)


def poke(name: str) -> None:
    """After commit, ask the worker to run this tick now. A lost poke costs seconds, no work."""
    asked = Poke(name)
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] == asked for entry in waiting):
        transaction.on_commit(asked, robust=True)
