"""Locks on files: they end with their holder, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileLock:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        # Not inherited by programs that we start: a child must not keep its parent's lock.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def shared(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def exclusive(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def try_exclusive(self) -> bool:
        with suppress(BlockingIOError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)


@contextmanager
def held(path: Path) -> Iterator[None]:
    lock = FileLock(path)
    lock.exclusive()
    try:
        yield
    finally:
        lock.close()
