"""`manage.py up` on a clone where nothing is set up, as a newcomer would run it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The first start fetches the packages; on a slow line that is most of it.
FIRST_START = 420.0
STOP = 10.0


def main(clone: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="porchlight-smoke-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        for name, home, bar, words in (
            ("cold", "one", FIRST_START, []),
            ("warm", "one", 60.0, []),
            ("demonstration", "two", FIRST_START, ["--demo"]),
        ):
            took, stopped = start_and_stop(clone, Path(folder) / home, bar, words)
            print(f"{name} start: {took:.1f} s to the first page; stopped in {stopped:.1f} s")


def start_and_stop(clone: Path, home: Path, bar: float, words: list[str]) -> tuple[float, float]:
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), *words],
        cwd=clone,
        env={**os.environ, "PORCHLIGHT_HOME": str(home)},
        start_new_session=True,
    )
    try:
        wait_for_health(process, port, began + bar)
        check_first_page(port)
        took = time.monotonic() - began
        wait_for_work(clone, home)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=STOP)
    finally:
        process.kill()
    stopped = time.monotonic() - began
    demand(not (left := processes_of(home, clone)), f"still running: {left}")
    return took, stopped


def wait_for_health(process: subprocess.Popen[bytes], port: int, until: float) -> None:
    while time.monotonic() < until:
        demand(process.poll() is None, f"`up` ended with {process.returncode}")
        try:
            if get(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("`up` did not become healthy in time")


WORKED = """
import time
from crm.models import Tick
from django.utils import timezone
began = timezone.now()
while not Tick.objects.filter(ended_at__gte=began, error="").exists():
    assert (timezone.now() - began).seconds < 60, "no work is done"
    time.sleep(0.2)
"""


def wait_for_work(clone: Path, home: Path) -> None:
    """Beat asks, the broker carries, the worker does: in the product's own environment."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", WORKED],
        cwd=clone,
        env={**os.environ, "PORCHLIGHT_HOME": str(home)},
        check=False,
        capture_output=True,
        text=True,
    )
    demand(done.returncode == 0, f"the worker does nothing: {done.stderr[-400:]}")


def check_first_page(port: int) -> None:
    """Whoever comes first is led to the first-run page."""
    status, place, body = get(port, "/")
    for _ in range(3):
        if status in (301, 302, 303):
            status, place, body = get(port, place)
    demand(status == 200, f"the first page answers {status}")
    demand("Porchlight" in body, "the first page does not say where one is")


def get(port: int, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location", ""), answer.read().decode()


def processes_of(*folders: Path) -> list[str]:
    """Anything whose command, folder or environment names one of ours (Linux)."""
    names = [str(folder).encode() for folder in folders]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            where = os.fsencode((process / "cwd").readlink())
            surroundings = (process / "environ").read_bytes()
        except OSError:
            continue
        mine = f"PORCHLIGHT_HOME={folders[0]}".encode() in surroundings
        if mine or any(name in command + where for name in names):
            words = command.replace(b"\0", b" ").decode()
            found.append(f"{process.name} {words}".strip())
    return [line for line in found if ".ci/smoke.py" not in line]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise SystemExit(sentence)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
