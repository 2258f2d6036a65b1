from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from crm.runtime.rotated import RotatedLog

SCRIPT = """
import logging, structlog
from crm.runtime import logs
logs.configure()
try:
    raise ValueError("carla@example.com lives at 12 Elm")
except ValueError:
    logging.getLogger("somewhere").exception("failed for carla@example.com, +1 (555) 010-9999")
structlog.get_logger("ours").warning("poke lost", tick="events.deliver")
"""


def test_logs_are_fields_without_personal_data() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    failed, lost = [json.loads(line) for line in done.stderr.splitlines()]
    assert failed["event"] == "failed for <address>, <number>"
    assert (failed["error"], len(failed["frames"])) == ("ValueError", 1)
    assert (lost["event"], lost["tick"], lost["level"]) == (
        "poke lost",
        "events.deliver",
        "warning",
    )
    assert "carla" not in done.stderr
    assert "Elm" not in done.stderr


def test_large_log_is_put_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = RotatedLog(tmp_path / "web.log", largest=9)
    for line in (b"first", b"second", b"third", b"fourth", b"fifth", b"sixth"):
        log.write(line)
    log.close()
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {
        "web.log": b"sixth",
        "web.log.1": b"fifth",
        "web.log.2": b"fourth",
        "web.log.3": b"third",
    }
