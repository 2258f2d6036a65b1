from __future__ import annotations

import os
import signal
import subprocess
import sys

from crm.runtime import lifeline

WAITING = """
import signal, time
from crm.runtime import lifeline
lifeline.hold(afterwards=lambda: print("buried", flush=True))
print("here", flush=True)
time.sleep(60)
"""


def test_process_ends_when_the_other_end_closes() -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        env={**os.environ, lifeline.NAME: str(reading)},
        pass_fds=[reading],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"here\n"
    os.close(reading)
    os.close(writing)
    assert process.wait(10) == -signal.SIGTERM
    process.stdout.close()
