"""A line between the house and an engine that can be cut, fall silent, drag or be refused."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

KINDS = ("reset", "half-open", "slow", "refused")
LATE, TRICKLE = 0.3, 256
RESET = struct.pack("ii", 1, 0)

Reach = Callable[[], socket.socket]


class Line:
    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.kind = ""
        self.listening: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.pairs: set[tuple[socket.socket, ...]] = set()
        self.dead: set[tuple[socket.socket, ...]] = set()
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, args=[self.listening], daemon=True).start()

    def fail(self, kind: str) -> None:
        self.kind = kind
        if kind == "refused":
            self._listen_no_more()
        if kind in ("reset", "refused"):
            self._reset_all()
        if kind == "half-open":
            with self.lock:
                self.dead |= self.pairs

    def mend(self) -> None:
        """What fell silent stays so: the other end would answer it with a reset."""
        self.kind = ""
        if self.listening is None:
            self.listening = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=[self.listening], daemon=True).start()
        with self.lock:
            dead, self.dead = self.dead, set()
        for pair in dead:
            self._reset(pair)

    def close(self) -> None:
        self._listen_no_more()
        self._reset_all()

    def _listen_no_more(self) -> None:
        if self.listening is not None:
            # Wakes who waits in accept, where closing alone would not.
            with suppress(OSError):
                self.listening.shutdown(socket.SHUT_RDWR)
            self.listening.close()
            self.listening = None

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            if self.kind == "reset":
                _reset_one(near)
            else:
                self._carry(near)

    def _carry(self, near: socket.socket) -> None:
        far = () if self.kind == "half-open" else (self.reach(),)
        pair = (near, *far)
        with self.lock:
            self.pairs.add(pair)
            if not far:
                self.dead.add(pair)
        for one, other in [pair, pair[::-1]] if far else [(near, near)]:
            threading.Thread(target=self._pump, args=[pair, one, other], daemon=True).start()

    def _pump(
        self, pair: tuple[socket.socket, ...], one: socket.socket, other: socket.socket
    ) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if pair in self.dead:
                    continue
                while data and self.kind == "slow":
                    time.sleep(LATE)
                    other.sendall(data[:TRICKLE])
                    data = data[TRICKLE:]
                other.sendall(data)
        if pair not in self.dead:
            self._reset(pair)

    def _reset_all(self) -> None:
        with self.lock:
            pairs = set(self.pairs)
        for pair in pairs:
            self._reset(pair)

    def _reset(self, pair: tuple[socket.socket, ...]) -> None:
        with self.lock:
            ours = pair in self.pairs
            self.pairs.discard(pair)
            self.dead.discard(pair)
        for end in pair if ours else ():
            _reset_one(end)


def _reset_one(end: socket.socket) -> None:
    with suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            # A pump that waits in it would keep it open; a reset is sent with the close.
            end.shutdown(socket.SHUT_RD)
        else:
            end.shutdown(socket.SHUT_RDWR)
    end.close()


def to_socket(path: str) -> Reach:
    def reach() -> socket.socket:
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        return far

    return reach


@contextmanager
def line(path: str) -> Iterator[Line]:
    made = Line(to_socket(path))
    try:
        yield made
    finally:
        made.close()
