"""Work shared out to processes: threads take turns at drawing rows, however many they are."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized

from django.db import connection

HANDS = 2
# What a job closes over goes along as it is, without being spelled out and read again.
FORKING = multiprocessing.get_context("fork")
LONGEST_TOLD = 10_000

Job = Callable[[], object]


class HandFailed(Exception):
    """Says where, as the hand's own process saw it."""


def share_out(jobs: Iterable[Job]) -> None:
    """In some processes, each with a connection of its own, in about this order."""
    waiting = list(jobs)
    if connection.in_atomic_block:
        # What an open transaction wrote is seen by nobody else.
        for job in waiting:
            job()
        return
    # Two processes on one connection would read each other's answers.
    connection.close()
    taken, failures = FORKING.Value("i", 0), FORKING.SimpleQueue()
    hands = [
        FORKING.Process(target=_work_off, args=(waiting, taken, failures, os.getpid()))
        for _ in range(min(HANDS, len(waiting)))
    ]
    try:
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    finally:
        for hand in hands:
            if hand.is_alive():
                hand.terminate()
    if not failures.empty():
        raise HandFailed(failures.get())
    if ended := [hand.exitcode for hand in hands if hand.exitcode]:
        raise HandFailed(f"A process that made rows ended with {ended[0]}.")


def _work_off(
    waiting: Sequence[Job], taken: Synchronized[int], failures: SimpleQueue[str], parent: int
) -> None:
    """A connection for each job would cost more than most jobs do."""
    try:
        while (at := _next(taken)) < len(waiting) and os.getppid() == parent:
            waiting[at]()
    except Exception:
        failures.put(traceback.format_exc()[-LONGEST_TOLD:])
        with taken.get_lock():
            taken.value = len(waiting)
    finally:
        connection.close()


def _next(taken: Synchronized[int]) -> int:
    with taken.get_lock():
        taken.value += 1
        return taken.value - 1
