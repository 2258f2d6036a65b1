"""Valkey from its wheel on a private socket, where no Redis is given: a wake-up hint, no truth."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm.runtime import binaries, cluster, folders, processes
from crm.runtime.account import engine_account
from crm.runtime.home import Home
from crm.runtime.locks import held
from crm.runtime.refusal import Refusal

PATIENCE = 20.0
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "save": "",
    "maxmemory": "256mb",
    # A full broker must say so; forgetting a message silently would be worse.
    "maxmemory-policy": "noeviction",
    "databases": "4",
    # Its clock ticks this often even when nothing happens.
    "hz": "2",
    "daemonize": "no",
    "protected-mode": "yes",
}


@dataclass
class Broker:
    home: Home
    # As our own child; None where we adopted somebody else's.
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return folders.run_folder(self.home) / "broker.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def pids(self) -> list[int]:
        folder = self.home.broker
        return processes.working_in(folder, "valkey-server") if folder.exists() else []

    def start(self, *, die_with_parent: bool = False) -> None:
        """Answering when it returns; a running one is adopted."""
        folders.open_home(self.home)
        with held(self.home.state / "broker.lock"):
            if not self.answers():
                self._clear()
                self._launch(die_with_parent=die_with_parent)
                self._wait_ready()

    def stop(self, *, patience: float = 5.0) -> None:
        with held(self.home.state / "broker.lock"):
            self._clear(patience)

    def answers(self) -> bool:
        """Asked in the protocol's own words, so that the supervisor needs no client library."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(2)
            try:
                asking.connect(str(self.socket))
                asking.sendall(b"PING\r\n")
                return asking.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _launch(self, *, die_with_parent: bool) -> None:
        account = engine_account()
        ours(self.home, "broker")
        chosen = SETTINGS | {
            "unixsocket": str(self.socket),
            "dir": str(self.home.broker),
            "logfile": "",
        }
        options = [part for name, value in chosen.items() for part in (f"--{name}", value)]
        with (self.home.logs / "broker.log").open("wb") as output:
            self.process = subprocess.Popen(
                [binaries.broker_program(), *options],
                **account.popen(),
                cwd=self.home.broker,
                env=cluster.engine_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM) if die_with_parent else None,
            )

    def _clear(self, patience: float = 5.0) -> None:
        left = self.pids()
        processes.send(left, signal.SIGTERM)
        if not processes.wait_gone(left, patience):
            processes.send(left, signal.SIGKILL)
            processes.wait_gone(left, 5)
        if self.process is not None:
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)

    def _wait_ready(self) -> None:
        processes.wait_until(lambda: self.answers() or self._ended(), PATIENCE)
        if not self.answers():
            words = (self.home.logs / "broker.log").read_text(errors="replace").strip()
            raise Refusal(f"The broker did not start: {words[-300:]}")

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def ours(home: Home, name: str) -> Path:
    return folders.ours(home.root / name, account=engine_account())


@contextmanager
def lent(home: Home, address: str) -> Iterator[None]:
    """The house's own for a single command, where that is the one asked for. One that runs
    already is used, and left running."""
    broker = Broker(home)
    if address == broker.url:
        broker.start(die_with_parent=True)
    try:
        yield
    finally:
        if broker.process is not None:
            broker.stop()


@contextmanager
def throwaway() -> Iterator[str]:
    """The address of a broker for tests, gone at the end."""
    home = Home(folders.scratch(fleeting=True))
    broker = Broker(home)
    try:
        broker.start(die_with_parent=True)
        yield broker.url
    finally:
        broker.stop()
        shutil.rmtree(home.root, ignore_errors=True)
