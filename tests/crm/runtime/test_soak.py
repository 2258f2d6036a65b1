"""Long versions: run with `-m soak`, figures are printed with `-s`."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress

import psycopg
import pytest
import redis

from crm.runtime import processes
from crm.runtime.broker import Broker
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.roles import OWNER
from tests.crm.runtime.test_up import Up, free_port, last_run

pytestmark = [pytest.mark.machine, pytest.mark.soak]

WRITERS, KILLS, ENOUGH = 8, 20, 100_000


class Writer(threading.Thread):
    """Writes one row a transaction, and remembers what was acknowledged."""

    def __init__(self, server: Server, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.address, self.number, self.stopping = server.url(OWNER), number, stop
        self.acknowledged = self.tried = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            with suppress(psycopg.OperationalError):
                self._write()
            time.sleep(0.05)

    def _write(self) -> None:
        with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
            while not self.stopping.is_set():
                self.tried += 1
                row = [self.number, self.tried]
                connection.execute("INSERT INTO written VALUES (%s, %s, true)", row, prepare=True)
                self.acknowledged += 1


def test_acknowledged_writes_survive_twenty_kills(settled: Home) -> None:
    server = Server(settled)
    server.start()
    with psycopg.connect(server.url(OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE written (writer int, number int, yes boolean)")
    stop, slowest = threading.Event(), 0.0
    writers = [Writer(server, number, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for kill in range(1, KILLS + 1):
        written = lambda: sum(writer.acknowledged for writer in writers)  # noqa: E731
        assert processes.wait_until(lambda: written() >= ENOUGH / KILLS * kill, 120)  # noqa: B023
        processes.send(processes.working_in(server.data, "postgres"), signal.SIGKILL)
        began = time.monotonic()
        server.start()
        slowest = max(slowest, time.monotonic() - began)
    stop.set()
    for writer in writers:
        writer.join(30)
    acknowledged = sum(writer.acknowledged for writer in writers)
    with psycopg.connect(server.url(OWNER)) as connection:
        row = connection.execute("SELECT count(*) FROM written").fetchone()
    server.stop()
    assert row is not None
    print(f"\n{acknowledged} acknowledged, {row[0]} found, {KILLS} kills, ready in {slowest:.2f} s")
    assert row[0] >= acknowledged >= ENOUGH
    assert slowest < 10


def test_broker_wiped_ten_times_delays_ticks_a_little(settled: Home) -> None:
    up = Up(settled, "--port", str(free_port()))
    try:
        assert up.healthy()
        gaps = []
        for _ in range(10):
            before, began = last_run(settled, "events.deliver"), time.monotonic()
            with redis.Redis.from_url(Broker(settled).url) as client:
                client.flushall()
            later = lambda: last_run(settled, "events.deliver") > before  # noqa: B023, E731
            assert processes.wait_until(later, 90, pause=0.2)
            gaps.append(time.monotonic() - began)
        print(f"\nlongest wait after a wipe {max(gaps):.1f} s")
    finally:
        up.sweep()
