from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from crm.bootstrap.trouble import trouble

# They would send the packages somewhere else than into the new environment.
MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")


def find_uv() -> str | None:
    """A shim on the path is not yet a uv that runs."""
    found = shutil.which("uv")
    if not found:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, check=False)
    return found if answer.returncode == 0 else None


def run(command: list[str], *, folder: Path, held: int) -> None:
    """The held lock is handed down: should we be killed, the installer still holds it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[held],
    )
    words = _follow(process)
    if process.wait() != 0:
        raise trouble(words)


def _surroundings() -> dict[str, str]:
    """The person's own index and proxy hold."""
    surroundings = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    surroundings.setdefault("PIP_RETRIES", "2")
    return {name: value for name, value in surroundings.items() if name not in MISLEADING}


def _follow(process: subprocess.Popen[str]) -> str:
    """Show that something moves; keep what was said, in case it fails."""
    words: list[str] = []
    fetched = 0
    for line in process.stdout or ():
        words.append(line)
        fetched += line.startswith("Collecting ")
        if sys.stdout.isatty():
            print(f"\r\x1b[K    {line.strip()[:74]}", end="", flush=True)
        elif line.startswith("Collecting ") and fetched % 20 == 0:
            print(f"    {fetched} so far", flush=True)
    if words and sys.stdout.isatty():
        print("\r\x1b[K", end="", flush=True)
    return "".join(words)
