"""A pipe from the supervisor: when it closes, the supervisor is gone, and so are we, soon."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

NAME = "PORCHLIGHT_LIFELINE"
GRACE = 8.0


def hold(*, afterwards: Callable[[], object] = lambda: None) -> None:
    """Ends this process when its supervisor ends, also where the kernel would not say so."""
    end = os.environ.pop(NAME, "")
    if end:
        watcher = threading.Thread(target=_watch, args=(int(end), afterwards), daemon=True)
        watcher.start()


def _watch(end: int, afterwards: Callable[[], object]) -> None:
    # Nothing is ever written: this returns when the other end closes.
    os.read(end, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    afterwards()
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
