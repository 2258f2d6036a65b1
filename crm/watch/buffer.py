"""Entries wait in memory and are written together, so that no page waits for its own log."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from crm.watch.entries import Entry

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
AT_ENTRIES = 200
MOST = 5000


class Buffer:
    """One a process. Whatever can't be kept or written is dropped and counted."""

    def __init__(self, write: Callable[[Sequence[Entry], int], None], *, most: int = MOST) -> None:
        self.write = write
        self.waiting: deque[Entry] = deque(maxlen=most)
        self.dropped = 0
        self.process = 0
        self.full = threading.Event()
        self.writing = threading.Lock()

    def add(self, entry: Entry) -> None:
        if len(self.waiting) == self.waiting.maxlen:
            self.dropped += 1
        self.waiting.append(entry)
        if len(self.waiting) >= AT_ENTRIES:
            self.full.set()

    def start(self) -> None:
        """A thread does not survive a fork, so each process starts its own at its first entry."""
        if self.process == os.getpid():
            return
        self.process = os.getpid()
        self.full, self.writing = threading.Event(), threading.Lock()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def flush(self) -> int:
        """Writes what waits; gives how many entries were written."""
        with self.writing:
            batch = [self.waiting.popleft() for _ in range(len(self.waiting))]
            lost, self.dropped = self.dropped, 0
            if not batch and not lost:
                return 0
            try:
                self.write(batch, lost)
            except Exception as error:  # the log must never break what it logs
                self.dropped += lost + len(batch)
                log.warning("watch not written", entries=len(batch), error=type(error).__name__)
                return 0
            return len(batch)

    def _run(self) -> None:
        while True:
            self.full.wait(EVERY_SECONDS)
            self.full.clear()
            self.flush()
