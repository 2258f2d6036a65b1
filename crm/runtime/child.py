"""One of our own processes under `up`: started, watched, restarted with patience, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crm.runtime import lifeline, processes
from crm.runtime.rotated import RotatedLog

FIRST_PAUSE, LONGEST_PAUSE, WELL_AFTER = 0.5, 30.0, 60.0
BASE = Path(__file__).resolve().parent.parent.parent


@dataclass
class Child:
    name: str
    environment: Mapping[str, str]
    log: Path
    # Handed down open: the pipe's end, the web's socket.
    passed: tuple[int, ...] = ()
    room: str = "runtime"
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    again_at: float = 0.0
    pause: float = FIRST_PAUSE
    written: RotatedLog | None = field(default=None, repr=False)

    def start(self) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"crm.{self.room}.{self.name}"],
            cwd=BASE,
            env={**os.environ, **self.environment, lifeline.NAME: str(self.passed[0])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.passed,
            # A Ctrl-C in the terminal is the supervisor's alone to pass on, in good order.
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def age(self) -> float:
        return time.monotonic() - self.began

    def plan_restart(self) -> float:
        """Seconds until the next try: longer each time, short again after a good while."""
        self.pause = FIRST_PAUSE if self.age > WELL_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.again_at = time.monotonic() + self.pause
        self.sweep()
        return self.pause

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.running:
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Nothing of its own processes stays behind."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def write(self, line: bytes) -> None:
        # On a full disk a line is lost; whoever writes it must go on.
        with suppress(OSError):
            self.written = self.written or RotatedLog(self.log)
            self.written.write(line)
