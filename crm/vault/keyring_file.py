"""The keyring's file: written whole or not at all, readable by its owner only."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm.vault.errors import KeyringDamaged, KeyringLocked
from crm.vault.sealing import NONCE, bind

VERSION = 1
WRONG = "That passphrase does not open the keyring."


@dataclass(frozen=True, slots=True)
class Lock:
    """A passphrase made into a key (RFC 9106's second recommendation), with the way it was made."""

    salt: bytes
    key: bytes
    memory: int = 64 * 1024
    rounds: int = 3
    lanes: int = 4

    @classmethod
    def new(cls, passphrase: str) -> Lock:
        return cls.again(passphrase, salt=secrets.token_bytes(16))

    @classmethod
    def again(
        cls,
        passphrase: str,
        *,
        salt: bytes,
        memory: int = 64 * 1024,
        rounds: int = 3,
        lanes: int = 4,
    ) -> Lock:
        key = hash_secret_raw(
            passphrase.encode(),
            salt,
            time_cost=rounds,
            memory_cost=memory,
            parallelism=lanes,
            hash_len=32,
            type=Type.ID,
        )
        return cls(salt, key, memory, rounds, lanes)

    def described(self) -> dict[str, Any]:
        return {
            "way": "argon2id",
            "salt": text(self.salt),
            "memory": self.memory,
            "rounds": self.rounds,
            "lanes": self.lanes,
        }


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def raw(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != VERSION:
            raise KeyringDamaged(f"{path} was written by a newer Porchlight.")
    except (ValueError, KeyError, TypeError):
        raise KeyringDamaged(f"{path} is damaged. Put back your copy of it.") from None
    return dict(document)


def closed(body: dict[str, Any], lock: Lock | None) -> dict[str, Any]:
    """The document to write: the body itself, or sealed by the passphrase's key."""
    if lock is None:
        return {"version": VERSION, "open": body}
    way = lock.described()
    nonce = os.urandom(NONCE)
    sealed = AESGCM(lock.key).encrypt(nonce, json.dumps(body).encode(), _bound(way))
    return {"version": VERSION, "lock": way, "sealed": text(nonce + sealed)}


def opened(document: dict[str, Any], lock: Lock | None) -> dict[str, Any]:
    if "open" in document:
        return dict(document["open"])
    if lock is None:
        raise KeyringLocked("The keyring is locked by a passphrase. Set PORCHLIGHT_PASSPHRASE.")
    sealed = raw(document["sealed"])
    try:
        body = AESGCM(lock.key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(document["lock"]))
    except InvalidTag:
        raise KeyringLocked(WRONG) from None
    return dict(json.loads(body))


def lock_of(document: dict[str, Any], passphrase: str) -> Lock:
    way = document["lock"]
    return Lock.again(
        passphrase,
        salt=raw(way["salt"]),
        memory=way["memory"],
        rounds=way["rounds"],
        lanes=way["lanes"],
    )


def _bound(way: dict[str, Any]) -> bytes:
    return bind(b"keyring", json.dumps(way, sort_keys=True).encode())


def write(path: Path, document: dict[str, Any]) -> None:
    """Replace the file: after a crash at any instruction the old one or the new one is there."""
    with _beside(path, document) as fresh:
        fresh.replace(path)
        _sync_folder(path.parent)


def write_first(path: Path, document: dict[str, Any]) -> bool:
    """Write the file if there is none; False when another process was first."""
    with _beside(path, document) as fresh:
        try:
            os.link(fresh, path)
        except FileExistsError:
            return False
        _sync_folder(path.parent)
        return True


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time reads the keyring to write it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _beside(path: Path, document: dict[str, Any]) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
