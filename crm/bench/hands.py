"""Work shared out: a server at work and rows being drawn take turns badly in one thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

HANDS = 2


def share_out(jobs: Iterable[Callable[[], object]]) -> None:
    """In some threads, each with a connection of its own, in about this order."""
    if connection.in_atomic_block:
        # What an open transaction wrote is seen by nobody else.
        for job in jobs:
            job()
        return
    waiting = deque(jobs)
    with ThreadPoolExecutor(HANDS) as pool:
        for done in [pool.submit(_work_off, waiting) for _ in range(HANDS)]:
            done.result()


def _work_off(waiting: deque[Callable[[], object]]) -> None:
    """A connection for each job would cost more than most jobs do."""
    try:
        while True:
            try:
                job = waiting.popleft()
            except IndexError:
                return
            job()
    finally:
        connection.close()
