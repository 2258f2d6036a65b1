from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from crm.events import failpoints

PASSES = "from crm.events.failpoints import failpoint as f; [f('a') or print(n) for n in range(3)]"


@pytest.mark.parametrize(
    ("setting", "printed", "status"),
    [
        ("", "0\n1\n2\n", 0),
        ("b", "0\n1\n2\n", 0),
        ("a", "", -signal.SIGKILL),
        ("b,a:3", "0\n1\n", -signal.SIGKILL),
    ],
)
def test_a_failpoint_kills_where_and_when_it_is_told(setting, printed, status):
    environment = {**os.environ, failpoints.VARIABLE: setting}
    done = subprocess.run(
        [sys.executable, "-uc", PASSES],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (printed, status)
