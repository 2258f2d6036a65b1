"""The copier's process: beside the embedded database, under `up`, without Django's apps."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from crm.keep.copying import Copier

# Five minutes is the promise; this leaves room for a slow disk and a try that failed.
EVERY, WHILE_BUSY, AFTER_START = 60.0, 3.0, 10.0
# Somebody may write more in a minute than the server keeps for us.
LOOK_EVERY = 5.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from crm.keep import strands
    from crm.keep.copying import Copier, copied
    from crm.runtime import lifeline
    from crm.runtime.home import home

    lifeline.hold()
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    # Nobody waits for it, and the first pages do for the processor.
    if stopping.wait(AFTER_START):
        return
    strands.clear_leftovers()
    copier = Copier(home())
    while not stopping.is_set():
        copied(copier, _tell)
        _rest(copier, stopping)
    # What was written since the last time, while the database still answers.
    if copier.base is None:
        copied(copier, _tell)
    copier.close()


def _rest(copier: Copier, stopping: threading.Event) -> None:
    if copier.base is not None:
        stopping.wait(WHILE_BUSY)
        return
    until = time.monotonic() + EVERY
    while not stopping.wait(LOOK_EVERY) and time.monotonic() < until:
        # A server that does not answer is told of by the step that follows.
        with suppress(psycopg.Error):
            if copier.is_much_waiting():
                return


def _tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
