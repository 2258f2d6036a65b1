"""Work shared out: a server at work and rows being drawn take turns badly in one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

HANDS = 2


def share_out(jobs: Iterable[Callable[[], object]]) -> None:
    """Each job in one of some threads, with a connection of its own, in about this order."""
    if connection.in_atomic_block:
        # What an open transaction wrote is seen by nobody else.
        for job in jobs:
            job()
        return
    with ThreadPoolExecutor(HANDS) as pool:
        for done in [pool.submit(_alone, job) for job in jobs]:
            done.result()


def _alone(job: Callable[[], object]) -> None:
    try:
        job()
    finally:
        connection.close()
