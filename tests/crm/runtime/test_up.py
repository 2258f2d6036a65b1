from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from crm.runtime import processes
from crm.runtime.broker import Broker
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.roles import APPLICATION

pytestmark = pytest.mark.machine

BASE = Path(__file__).resolve().parent.parent.parent.parent
# The machine may be busy with other tests; a figure for the bar comes from bench.
PATIENCE = 90.0


class Up:
    """`manage.py up` as a person starts it, and what it said."""

    def __init__(
        self, home: Home, *arguments: str, terminal: int = subprocess.DEVNULL, **own: str
    ) -> None:
        self.home, self.said = home, ""
        kept = (
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "REDIS_URL",
            "SECRET_KEY",
            "DJANGO_SETTINGS_MODULE",
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crm.runtime.up", *arguments],
            cwd=BASE,
            env={k: v for k, v in os.environ.items() if k not in kept}
            | {"PORCHLIGHT_HOME": str(home.root), **own},
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def heard(self, words: str) -> bool:
        """Waits until it said so, or ended."""
        end = time.monotonic() + PATIENCE
        assert self.process.stdout is not None
        while words not in self.said and time.monotonic() < end:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                if not data:
                    break
                self.said += data.decode()
        return words in self.said

    @property
    def address(self) -> tuple[str, int]:
        assert self.heard("Porchlight is at http://"), self.said
        host, port = self.said.split("Porchlight is at http://")[1].split(" ")[0].split(":")
        return host, int(port)

    def healthy(self) -> bool:
        address = self.address

        def well() -> bool:
            with closing(http.client.HTTPConnection(*address, timeout=5)) as asking:
                try:
                    asking.request("GET", "/healthz")
                    return asking.getresponse().read() == b"well\n"
                except (OSError, http.client.HTTPException):
                    return False

        return processes.wait_until(well, PATIENCE, pause=0.1)

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, name: str) -> int:
        for process in psutil.Process(self.process.pid).children():
            # One that has just ended is still listed.
            with suppress(psutil.Error):
                if process.cmdline()[-1:] == [f"crm.runtime.{name}"]:
                    return process.pid
        return 0

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Seconds until the end."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return time.monotonic() - began

    def sweep(self) -> None:
        if self.process.poll() is None:
            self.stop()
        if self.process.stdout is not None:
            self.process.stdout.close()
        Server(self.home).stop(patience=5)


@pytest.fixture
def up(ready: Home) -> Iterator[Up]:
    running = Up(ready, "--port", str(free_port()))
    yield running
    running.sweep()


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def test_up_serves_survives_kills_and_leaves_nothing(up: Up) -> None:
    """One run, because starting it is what takes the time."""
    assert up.healthy()
    answers_second_up_that_the_first_runs(up)
    restarts_a_killed_child(up)
    survives_a_killed_database(up)
    survives_a_killed_broker(up)
    goes_on_after_the_broker_was_wiped(up)
    keeps_personal_data_and_owner_role_from_web(up)
    stops_within_ten_seconds_with_an_open_connection(up)


def answers_second_up_that_the_first_runs(up: Up) -> None:
    second = Up(up.home)
    assert second.heard("Porchlight is already running")
    assert second.process.wait(10) == 1
    assert second.process.stdout is not None
    second.process.stdout.close()


def restarts_a_killed_child(up: Up) -> None:
    before = {name: up.child(name) for name in ("web", "worker", "beat")}
    processes.send(before.values(), signal.SIGKILL)
    back = lambda: all(up.child(n) not in (0, pid) for n, pid in before.items())  # noqa: E731
    assert processes.wait_until(back, PATIENCE)
    assert up.healthy()


def survives_a_killed_database(up: Up) -> None:
    server = Server(up.home)
    first = server.pid()
    processes.send(processes.working_in(server.data, "postgres"), signal.SIGKILL)
    assert processes.wait_until(lambda: server.pid() not in (None, first), PATIENCE)
    assert up.healthy()


def survives_a_killed_broker(up: Up) -> None:
    first = processes.working_in(up.home.broker, "valkey-server")
    processes.send(first, signal.SIGKILL)
    again = lambda: processes.working_in(up.home.broker, "valkey-server") not in ([], first)  # noqa: E731
    assert processes.wait_until(again, PATIENCE)
    # It is there a moment before it listens.
    assert processes.wait_until(Broker(up.home).answers, PATIENCE)


def goes_on_after_the_broker_was_wiped(up: Up) -> None:
    before = last_run(up.home, "events.deliver")
    with redis.Redis.from_url(Broker(up.home).url) as client:
        client.flushall()
    later = lambda: last_run(up.home, "events.deliver") > before  # noqa: E731
    assert processes.wait_until(later, PATIENCE, pause=0.2)


def last_run(home: Home, tick: str) -> datetime:
    question = "SELECT coalesce(max(ended_at), 'epoch') FROM crm_tick WHERE name = %s"
    with psycopg.connect(Server(home).url(APPLICATION)) as connection:
        found = connection.execute(question, [tick]).fetchone()
    assert found is not None
    return found[0]


def keeps_personal_data_and_owner_role_from_web(up: Up) -> None:
    environment = psutil.Process(up.child("web")).environ()
    assert environment["DATABASE_OWNER_URL"] == ""
    assert "porchlight_app" in environment["DATABASE_URL"]
    for line in (up.home.logs / "web.log").read_text().splitlines():
        assert {"event", "level", "timestamp"} <= json.loads(line).keys()


def stops_within_ten_seconds_with_an_open_connection(up: Up) -> None:
    everyone = up.tree()
    assert len(everyone) >= 10
    with socket.create_connection(up.address) as open_connection:
        open_connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        assert up.stop() < 10
    assert [process for process in everyone if processes.alive(process.pid)] == []


def test_killed_supervisor_leaves_nothing_that_stops_the_next_start(up: Up) -> None:
    assert up.healthy()
    everyone = up.tree()
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    assert processes.wait_gone([process.pid for process in everyone], 20)
    # Nor does a note that can not be written, as on a full disk.
    up.home.address.unlink()
    up.home.address.mkdir()
    again = Up(up.home, "--port", str(up.address[1]))
    try:
        assert again.healthy()
        assert again.address == up.address
    finally:
        again.sweep()


def test_taken_port_is_said_and_the_next_one_is_taken(ready: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        running = Up(ready, "--port", str(taken))
        try:
            assert running.heard(f"Port {taken} is taken by another program")
            assert running.address[1] > taken
            host, port = running.address
            assert ready.address.read_text() == f"http://{host}:{port}"
        finally:
            running.sweep()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_while_starting_stops_everything(ready: Home, number: signal.Signals) -> None:
    running = Up(ready)
    server = Server(ready)
    try:
        assert processes.wait_until(lambda: server.pid() is not None, PATIENCE)
        assert running.stop(number) < 10
        assert server.pid() is None
    finally:
        running.sweep()
