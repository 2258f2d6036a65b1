"""The worker's side: failing tasks and the slow queries of tasks, by Celery's own signals."""

from __future__ import annotations

from contextvars import Token
from typing import Any

from django.utils import timezone

from crm.models import Problem
from crm.watch import services
from crm.watch.entries import Failed, Tally, current

_open: dict[str, Token[Tally | None]] = {}


def start() -> None:
    from celery.signals import task_failure, task_postrun, task_prerun

    task_prerun.connect(open_tally, weak=False, dispatch_uid="crm.watch.open")
    task_postrun.connect(close_tally, weak=False, dispatch_uid="crm.watch.close")
    task_failure.connect(note_failure, weak=False, dispatch_uid="crm.watch.failure")


def open_tally(*, task_id: str, **_: Any) -> None:
    _open[task_id] = current.set(Tally())


def close_tally(*, task_id: str, task: Any, **_: Any) -> None:
    token = _open.pop(task_id, None)
    tally = current.get()
    if token is None or tally is None:
        return
    current.reset(token)
    services.note_slow(tally, route=task.name)


def note_failure(*, sender: Any, exception: BaseException, **_: Any) -> None:
    services.note_error(exception, kind=Problem.Kind.TASK, route=sender.name)


def note_policy(directive: str) -> None:
    """A browser refused something under this directive; what it was is not kept."""
    services.note(Failed(timezone.now(), Problem.Kind.POLICY, directive))


def note_tick_failure(name: str, error: BaseException) -> None:
    services.note_error(error, kind=Problem.Kind.TICK, route=name)
