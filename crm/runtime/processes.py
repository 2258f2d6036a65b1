"""Other processes: found, ended, and tied to their parent's life; on Linux and macOS."""

from __future__ import annotations

import ctypes
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1


def alive(pid: int) -> bool:
    """Running, not merely listed: a zombie has ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def works_in(pid: int, folder: Path, name: str) -> bool:
    """Whether it is that program at work in that folder: a file may name a stranger's number."""
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        return name in process.name() and Path(process.cwd()) == folder.resolve() and alive(pid)
    return False


def working_in(folder: Path, name: str) -> list[int]:
    """Whoever really uses the data."""
    return [pid for pid in psutil.pids() if works_in(pid, folder, name)]


def without_parent_among(pids: list[int]) -> list[int]:
    found = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).ppid() not in pids:
                found.append(pid)
    return found


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            psutil.Process(pid).send_signal(number)


def wait_gone(pids: Iterable[int], seconds: float) -> bool:
    waited_for = list(pids)
    return wait_until(lambda: not any(alive(pid) for pid in waited_for), seconds)


def wait_until(done: Callable[[], bool], seconds: float, *, pause: float = 0.02) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For preexec_fn: the kernel sends this signal when the starting thread ends. Linux only."""
    if sys.platform != "linux":
        return None
    # Loaded before the fork: between fork and exec only the plainest calls are safe.
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return ask_kernel


def owner(pid: int) -> int:
    return int(psutil.Process(pid).uids().effective)
