"""Work that is looked for every few seconds. The rows are the truth; a poke is a hint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from kombu.exceptions import OperationalError

from crm.celery import app

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tick:
    name: str
    every: int
    run: Callable[[], object]


_ticks: dict[str, Tick] = {}


def register(name: str, *, every: int, run: Callable[[], object]) -> None:
    _ticks[name] = Tick(name, every, run)


def poke(name: str) -> None:
    """Hint the worker to run this tick now. A broker that is away costs a few seconds at most."""
    try:
        app.send_task("crm.runtime.tick", [name], ignore_result=True, retry=False)
    except OperationalError as error:
        log.info("poke lost", tick=name, error=type(error).__name__)
