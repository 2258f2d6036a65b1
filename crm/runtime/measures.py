"""What a running Porchlight costs: its start, its memory, its idle work. Only with `--system`."""

from __future__ import annotations

import atexit
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

import psutil

from crm.bench.registry import Measure, register
from crm.bench.stage import Stage
from crm.runtime import folders, processes

BASE = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0
# Worker and beat are there, and what a start warms up is warm.
IDLE_AFTER, WATCHED = 20.0, 30.0
# The measured one has engines and secrets of its own.
NOT_HANDED_ON = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL")


def register_all() -> None:
    for name, unit, run, bar, times in (
        ("start of `up`, to a page", "s", starting, 5.0, 5),
        ("whole system idle, memory", "MB", idle_memory, 500.0, 1),
        ("whole system idle, of a core", "%", idle_work, 2.0, 1),
    ):
        measure = Measure("runtime", name, unit, run=run, bar=bar, times=times, system=True)
        register(measure)


def starting(_stage: Stage) -> float:
    with _running(_prepared()) as (_, seconds):
        return seconds


def idle_memory(_stage: Stage) -> float:
    """Pages that processes share are counted once (PSS), where the system tells it."""
    with _running(_prepared()) as (family, _):
        time.sleep(IDLE_AFTER)
        return sum(_bytes(process) for process in _whole(family)) / 1e6


def idle_work(_stage: Stage) -> float:
    with _running(_prepared()) as (family, _):
        time.sleep(IDLE_AFTER)
        before = _seconds(family)
        time.sleep(WATCHED)
        return (_seconds(family) - before) / WATCHED * 100


@cache
def _prepared() -> Path:
    """A data folder after its first `up`: an installed Porchlight."""
    folder = folders.scratch()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _running(folder):
        return folder


@contextmanager
def _running(folder: Path) -> Iterator[tuple[psutil.Process, float]]:
    """`up`, and the seconds until it answered."""
    surroundings = {k: v for k, v in os.environ.items() if k not in NOT_HANDED_ON}
    port = _free_port()
    began = time.monotonic()
    started = subprocess.Popen(
        [sys.executable, str(BASE / "manage.py"), "up", "--port", str(port)],
        cwd=BASE,
        env=surroundings | {"PORCHLIGHT_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        if not processes.wait_until(lambda: _well(port), PATIENCE, pause=0.01):
            raise TimeoutError(f"`up` did not answer within {PATIENCE:.0f} s.")
        yield psutil.Process(started.pid), time.monotonic() - began
    finally:
        started.send_signal(signal.SIGINT)
        started.wait(PATIENCE)


def _well(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asking:
        try:
            asking.request("GET", "/healthz")
            return asking.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def _whole(family: psutil.Process) -> list[psutil.Process]:
    return [family, *family.children(recursive=True)]


def _bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        found = process.memory_full_info()
        return int(getattr(found, "pss", 0) or getattr(found, "uss", 0) or found.rss)
    return 0


def _seconds(family: psutil.Process) -> float:
    """Of those that live: each one's own, and what its ended children took."""
    spent = 0.0
    for process in _whole(family):
        with suppress(psutil.Error):
            spent += sum(process.cpu_times()[:4])
    return spent
