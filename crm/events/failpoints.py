"""Places where tests kill a process, to see that nothing is lost there.

`PORCHLIGHT_FAILPOINTS=events.after_claim:3` kills the process, as a power cut would, when it
passes that place for the third time. Without the variable a place costs one comparison.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "PORCHLIGHT_FAILPOINTS"


def read(setting: str) -> dict[str, int]:
    places = (entry.partition(":") for entry in setting.split(",") if entry)
    return {name: int(times or 1) for name, _, times in places}


_armed = read(os.environ.get(VARIABLE, ""))
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    if not _armed:
        return
    _passed[name] += 1
    if _armed.get(name) == _passed[name]:
        os.kill(os.getpid(), signal.SIGKILL)
