"""`up`: the engines and our three processes under one roof. It never loads Django itself."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from crm.runtime import (
    deafness,
    engines,
    folders,
    passphrase,
    ports,
    processes,
    settle,
    upgrade_journal,
)
from crm.runtime.broker import Broker
from crm.runtime.child import BASE, Child
from crm.runtime.home import Home
from crm.runtime.locks import FileLock
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.runtime.web import FIRST_RUN

# Seconds after the start: somebody waits for the web, nobody for the others.
CHILDREN = {"web": 0.0, "worker": 1.0, "beat": 2.0}
# Beside the database that is ours: copies its log to the backups.
COPIER = "copier"
# They open nothing, so they don't get the passphrase.
WITHOUT_KEYS = frozenset({"beat", COPIER})
ENGINES_LOOKED_AT_EVERY = 5.0
# Megabytes on the disk that a first start and a change of the tables take.
ROOM_TO_BEGIN, ROOM_TO_SETTLE = 200, 50
# Of the ten seconds that a Ctrl-C may take: asked, asked firmly, ended.
ASKED, FIRMLY, ENGINES = 2.5, 2.0, 2.5


class Stopped(BaseException):
    """A signal came while we waited for an engine."""


@dataclass(frozen=True)
class Wishes:
    host: str = "127.0.0.1"
    port: int = 8000
    open: bool = False
    demo: bool = False


class Supervisor:
    def __init__(self, place: Home, wishes: Wishes, say: Callable[[str], None]) -> None:
        self.place, self.wishes, self.say = place, wishes, say
        self.server = None if os.environ.get("DATABASE_URL") else Server(place, say=say)
        self.broker = None if os.environ.get("REDIS_URL") else Broker(place)
        self.children: dict[str, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.stopping = self.waiting_for_engine = False
        self.next_look = self.next_listening = 0.0
        self.address = self.passphrase = ""

    def run(self) -> None:
        folders.open_home(self.place)
        # Whatever we and our children write from here on is ours alone to read.
        os.umask(0o077)
        self._alone()
        if unfinished := upgrade_journal.unfinished(self.place):
            raise Refusal(unfinished)
        self._listen_to_signals()
        try:
            self._unlock()
            self._start_engines()
            self._settle()
            self._start_children()
            self._watch()
        except Stopped:
            pass
        finally:
            self._stop()

    def _alone(self) -> None:
        self.lock = FileLock(self.place.state / "up.lock")
        if not self.lock.try_exclusive():
            raise Refusal(f"Porchlight is already running on the data in {self.place.root}.")

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)
        # An ended child wakes us, so that nothing needs to be polled.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self.selector.register(reading, selectors.EVENT_READ, None)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
        if self.waiting_for_engine:
            self.waiting_for_engine = False
            raise Stopped

    def _unlock(self) -> None:
        # A Ctrl-C at the question ends it.
        self.waiting_for_engine = True
        self.passphrase = passphrase.take(self.place)
        self.waiting_for_engine = False

    def _start_engines(self) -> None:
        self.waiting_for_engine = True
        # Held while we run: a command that ends then leaves the server running.
        self.users = FileLock(self.place.state / "users.lock")
        self.users.shared()
        if self.broker is not None:
            self.broker.start(die_with_parent=True)
        if self.server is not None:
            if not (self.server.data / "PG_VERSION").exists():
                folders.demand_room(self.place.root, ROOM_TO_BEGIN)
            self.server.start(die_with_parent=True)
        self.waiting_for_engine = False
        os.environ.update(engines.addresses(self.place))

    def _settle(self) -> None:
        if not self.wishes.demo and not settle.wanted(self.place, os.environ["DATABASE_URL"]):
            return
        if self.server is not None:
            folders.demand_room(self.place.root, ROOM_TO_SETTLE)
        self.say("Preparing the database ...")
        arguments = ["--demo"] if self.wishes.demo else []
        command = [sys.executable, "-m", "crm.runtime.settle", *arguments]
        self.waiting_for_engine = True
        done = subprocess.run(command, cwd=BASE, env=self._environment(), check=False)
        self.waiting_for_engine = False
        if done.returncode != 0:
            raise Refusal("The database could not be prepared; the lines above say why.")

    def _environment(self) -> dict[str, str]:
        found = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings"}
        if self.server is not None:
            found["PORCHLIGHT_EMBEDDED_DATABASE"] = "1"
        if self.broker is not None:
            found["PORCHLIGHT_EMBEDDED_BROKER"] = "1"
        if self.passphrase:
            found[passphrase.NAME] = self.passphrase
        return found

    def _start_children(self) -> None:
        listening = ports.listen(self.wishes.host, self.wishes.port)
        port = listening.getsockname()[1]
        if port != self.wishes.port:
            self.say(f"Port {self.wishes.port} is taken by another program; taking {port}.")
        self.listening, self.address = listening, f"http://{_shown(self.wishes.host)}:{port}"
        reading, self.lifeline = os.pipe()
        common = self._environment() | {"PORCHLIGHT_ADDRESS": self.address}
        common.setdefault("ALLOWED_HOSTS", ",".join(ports.names(self.wishes.host)))
        # The processes that meet the world don't get the owner's role.
        common["DATABASE_OWNER_URL"] = ""
        common["PORCHLIGHT_SOCKET"] = str(listening.fileno())
        wanted = CHILDREN if self.server is None else {**CHILDREN, COPIER: 0.0}
        for name, later in wanted.items():
            own = {**common, passphrase.NAME: ""} if name in WITHOUT_KEYS else common
            passed = (reading, listening.fileno()) if name == "web" else (reading,)
            room = "keep" if name == COPIER else "runtime"
            log = self.place.logs / f"{name}.log"
            self.children[name] = Child(name, own, log, passed, room)
            self.children[name].again_at = time.monotonic() + later
        self._start(self.children["web"])
        # For links that are made at the console; a full disk must not end what serves.
        with suppress(OSError):
            self.place.address.write_text(self.address)
        self.say(f"Porchlight is at {self.address} (Ctrl-C stops it)")
        if self.wishes.open:
            webbrowser.open(self.address)

    def _start(self, child: Child) -> None:
        child.start()
        if child.process is not None and child.process.stdout is not None:
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _watch(self) -> None:
        while not self.stopping:
            self._read(self.selector.select(self._pause()))
            for child in self.children.values():
                self._look_after(child)
            if time.monotonic() > self.next_look:
                self._look_at_engines()
                self._look_for_the_deaf()
                self.next_look = time.monotonic() + ENGINES_LOOKED_AT_EVERY

    def _pause(self) -> float:
        restarts = [c.again_at for c in self.children.values() if c.process is None]
        return max(0.01, min([self.next_look, *restarts]) - time.monotonic())

    def _read(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in ready:
            data = os.read(key.fd, 65536)
            if key.data is None:
                continue
            if not data:
                self.selector.unregister(key.fileobj)
            for line in data.splitlines(keepends=True):
                self._line(key.data, line)

    def _line(self, child: Child, line: bytes) -> None:
        if line.startswith(FIRST_RUN.encode()):
            self.say(f"Begin here, once: {line.decode().removeprefix(FIRST_RUN).strip()}")
        else:
            child.write(line)

    def _look_after(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.again_at:
                self._start(child)
        elif not child.running:
            if child.process.stdout in {key.fileobj for key in self.selector.get_map().values()}:
                self.selector.unregister(child.process.stdout)
            seconds = child.plan_restart()
            self.say(f"The {child.name} process ended; starting it again in {seconds:g} s.")

    def _look_at_engines(self) -> None:
        self.waiting_for_engine = True
        if self.server is not None and self.server.pid() is None:
            self._start_again("database server", self.server)
        if self.broker is not None and not self.broker.answers():
            self._start_again("broker", self.broker)
        self.waiting_for_engine = False

    def _start_again(self, name: str, engine: Server | Broker) -> None:
        """One that can't start now, as on a full disk, is tried again at the next look."""
        self.say(f"The {name} ended; starting it again.")
        try:
            engine.start(die_with_parent=True)
        except (Refusal, OSError) as trouble:
            self.say(f"The {name} does not start: {trouble}")

    def _look_for_the_deaf(self) -> None:
        if time.monotonic() < self.next_listening:
            return
        self.next_listening = time.monotonic() + deafness.LISTEN_EVERY
        for kind in deafness.found(os.environ["DATABASE_URL"], self.children):
            self.say(f"The {kind} process has not done anything for 90 s; restarting it.")
            self.children[kind].send(signal.SIGKILL)

    def _stop(self) -> None:
        # A second Ctrl-C changes nothing: this is over in seconds.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._stop_children()
        if self.broker is not None:
            # Asked first, so that both engines end side by side.
            processes.send(self.broker.pids(), signal.SIGTERM)
        if self.server is not None:
            self.server.stop(patience=ENGINES)
        if self.broker is not None:
            self.broker.stop(patience=1)

    def _stop_children(self) -> None:
        for number, patience in ((signal.SIGTERM, ASKED), (signal.SIGQUIT, FIRMLY)):
            for child in self.children.values():
                child.send(number)
            end = time.monotonic() + patience
            while time.monotonic() < end and any(c.running for c in self.children.values()):
                # Whatever they still say must not block their ending.
                self._read(self.selector.select(0.05))
        for child in self.children.values():
            child.sweep()


def _shown(host: str) -> str:
    # By name: a passkey belongs to a name and would not work under the number.
    if host in (*ports.EVERYWHERE, "127.0.0.1"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
