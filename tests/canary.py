"""Strings that stand nowhere else: put through the system, they must not come out in the open."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings


@dataclass
class Canary:
    """A person of odd words. Use its values as input; `found_in_*` say where they were seen."""

    name: str = field(default_factory=lambda: f"Quillon Zyx{secrets.token_hex(5)}")
    email: str = field(default_factory=lambda: f"zyx{secrets.token_hex(5)}@canary.example")
    phone: str = field(default_factory=lambda: f"+63917{secrets.randbelow(9_000_000) + 1_000_000}")
    text: str = field(default_factory=lambda: f"yellow-feather-{secrets.token_hex(6)}")
    logged: list[str] = field(default_factory=list)

    @property
    def strings(self) -> list[str]:
        local_phone = "0" + self.phone[3:]
        return [self.name, self.email, self.phone, local_phone, self.text]

    def seen_in(self, content: bytes) -> list[str]:
        return [string for string in self.strings if string.encode() in content]

    def found_in_logs(self) -> list[str]:
        return [line for line in self.logged if self.seen_in(line.encode())]

    def found_in_folder(self, folder: Path | None = None) -> list[str]:
        files = [path for path in (folder or settings.HOME.root).rglob("*") if path.is_file()]
        return [str(path) for path in files if self.seen_in(path.read_bytes())]

    def found_in_broker(self) -> list[str]:
        if not settings.REDIS_URL:
            return []
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            return [str(key) for key in broker.scan_iter() if self.seen_in(_content(broker, key))]


def _content(broker: Any, key: bytes) -> bytes:
    readers = {
        b"string": lambda: broker.get(key),
        b"list": lambda: broker.lrange(key, 0, -1),
        b"hash": lambda: broker.hgetall(key),
        b"set": lambda: broker.smembers(key),
        b"zset": lambda: broker.zrange(key, 0, -1),
        b"stream": lambda: broker.xrange(key),
    }
    return key + repr(readers[broker.type(key)]()).encode()


class _Listener(logging.Handler):
    def __init__(self, canary: Canary) -> None:
        super().__init__(logging.DEBUG)
        self.canary = canary

    def emit(self, record: logging.LogRecord) -> None:
        told = {name: each for name, each in vars(record).items() if isinstance(each, str)}
        self.canary.logged.append(f"{self.format(record)} {told}")


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Fails the test when its strings were seen in a log, the broker or the data folder."""
    bird = Canary()
    listener, root = _Listener(bird), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield bird
    root.removeHandler(listener)
    root.setLevel(level)
    assert bird.found_in_logs() == []
    assert bird.found_in_broker() == []
    assert bird.found_in_folder() == []
