"""The chain's head, kept outside the database: a copy that whoever rewrites the chain would miss.

The newest head stands in one file, replaced whole; beside it a list grows by one head an hour.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

HISTORY_EVERY = dt.timedelta(hours=1)
HISTORY_KEPT = 2_000


class HeadForged(Exception):
    """A head file that wasn't written with our key."""


@dataclass(frozen=True, slots=True)
class Head:
    position: int
    hash: str
    at: str

    @classmethod
    def now(cls, position: int, hash: bytes) -> Head:
        return cls(position, hash.hex(), timezone.now().isoformat())


def newest() -> Head | None:
    path = _path("audit-head.json")
    return _open(path.read_text(), path) if path.exists() else None


def history() -> Iterator[Head]:
    path = _path("audit-heads.jsonl")
    if path.exists():
        for line in path.read_text().splitlines():
            yield _open(line, path)


def write(head: Head) -> None:
    _replace(_path("audit-head.json"), _signed(head))
    _remember(head)


def forget() -> None:
    """After a restore the old heads speak of a chain that is no more."""
    for name in ("audit-head.json", "audit-heads.jsonl"):
        path = _path(name)
        if path.exists():
            path.replace(path.with_name(f"{name}.before-{timezone.now():%Y%m%dT%H%M%S}"))


def _remember(head: Head) -> None:
    path = _path("audit-heads.jsonl")
    lines = path.read_text().splitlines() if path.exists() else []
    if lines and _age(json.loads(lines[-1])["at"], head.at) < HISTORY_EVERY:
        return
    _replace(path, "\n".join([*lines[-HISTORY_KEPT + 1 :], _signed(head)]) + "\n")


def _age(earlier: str, later: str) -> dt.timedelta:
    return abs(dt.datetime.fromisoformat(later) - dt.datetime.fromisoformat(earlier))


def _path(name: str) -> Path:
    return Path(settings.HOME.keys) / name


def _signed(head: Head) -> str:
    return json.dumps({**asdict(head), "mac": _mac(head)})


def _open(text: str, path: Path) -> Head:
    try:
        said = json.loads(text)
        mac = said.pop("mac")
        head = Head(**said)
    except (ValueError, KeyError, TypeError) as error:
        raise HeadForged(f"{path.name} can't be read as a head of the chain.") from error
    if not hmac.compare_digest(mac, _mac(head)):
        raise HeadForged(f"{path.name} was not written by this Porchlight.")
    return head


def _mac(head: Head) -> str:
    said = f"{head.position} {head.hash} {head.at}"
    return hmac.new(_key(), said.encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    path = _path("audit.key")
    if not path.exists():
        _replace(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text())


def _replace(path: Path, text: str) -> None:
    """Atomically: a reader, or a start after a crash, finds the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
