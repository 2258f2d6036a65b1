"""A disk that fills up under the database: what was acknowledged stays, the rest is refused."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from crm.runtime import folders, processes
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.runtime.roles import OWNER
from tests.crm.runtime.test_up import Up, free_port

pytestmark = [
    pytest.mark.machine,
    pytest.mark.skipif(os.geteuid() != 0, reason="Only root can mount a small disk to be filled."),
]
# Long random words, so that nothing packs them.
WORDS, LEAST_ROWS = 20_000, 50


@pytest.fixture
def small_disk() -> Iterator[Path]:
    place = folders.scratch()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=130m,mode=0711", "tmpfs", place], check=False
    )
    if mounted.returncode != 0:
        place.rmdir()
        pytest.skip("This machine lets nobody mount a disk, as in most containers.")
    yield place
    for _ in range(20):
        if subprocess.run(["umount", place], check=False, capture_output=True).returncode == 0:
            break
        time.sleep(0.25)
    place.rmdir()


def make_room(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=400m", place], check=True)


def write_until_refused(server: Server) -> tuple[list[int], str]:
    """The numbers that were acknowledged, and how the first that wasn't was refused."""
    acknowledged: list[int] = []
    with psycopg.connect(server.url(OWNER), autocommit=True) as database:
        database.execute("CREATE TABLE IF NOT EXISTS written (number int, words text)")
        for number in range(100_000):
            try:
                row = [number, secrets.token_hex(WORDS // 2)]
                database.execute("INSERT INTO written VALUES (%s, %s)", row)
            except psycopg.Error as error:
                return acknowledged, type(error).__name__
            acknowledged.append(number)
    raise AssertionError("The disk did not fill up.")


def found(server: Server) -> list[int]:
    with psycopg.connect(server.url(OWNER)) as database:
        rows = database.execute("SELECT number FROM written ORDER BY number").fetchall()
    return [row[0] for row in rows]


def started(server: Server) -> bool:
    """One try, as the supervisor makes them every few seconds."""
    try:
        server.start(die_with_parent=True)
    except (Refusal, OSError):
        return False
    return True


def test_a_full_disk_refuses_and_loses_nothing(small_disk: Path) -> None:
    server = Server(Home(small_disk / "home"))
    server.start(die_with_parent=True)
    try:
        acknowledged, refusal = write_until_refused(server)
        assert len(acknowledged) >= LEAST_ROWS
        assert refusal
        make_room(small_disk)
        began = time.monotonic()
        assert processes.wait_until(lambda: started(server), 30, pause=0.5)
        again = found(server)
        assert time.monotonic() - began < 30
        # The refused one may have been written whole before its answer was lost: never the reverse.
        assert again[: len(acknowledged)] == acknowledged
        assert len(again) <= len(acknowledged) + 1
        with psycopg.connect(server.url(OWNER), autocommit=True) as database:
            database.execute("INSERT INTO written VALUES (-1, 'room again')")
        assert found(server)[0] == -1
    finally:
        server.stop(patience=5)


@pytest.mark.soak
def test_up_outlives_a_full_disk(small_disk: Path, ready: Home) -> None:
    home = Home(small_disk / "home")
    subprocess.run(["cp", "-a", ready.root, home.root], check=True)
    subprocess.run(["mount", "-o", "remount,size=220m", small_disk], check=True)
    up = Up(home, "--port", str(free_port()))
    try:
        assert up.healthy()
        acknowledged, _ = write_until_refused(Server(home))
        ballast = home.root / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        # Long enough for every process to meet the full disk.
        time.sleep(20)
        assert up.process.poll() is None
        ballast.unlink()
        make_room(small_disk)
        began = time.monotonic()
        assert up.healthy()
        took = time.monotonic() - began
        print(f"\n{len(acknowledged)} acknowledged, healthy {took:.1f} s after there was room")
        assert found(Server(home))[: len(acknowledged)] == acknowledged
        assert took < 30
    finally:
        up.sweep()
        shutil.rmtree(home.root, ignore_errors=True)
