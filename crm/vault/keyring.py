"""The keyring: the keys that wrap data keys, and the secret that blind indexes are made from."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from crm.vault import keyring_file
from crm.vault.errors import KeyringDamaged, KeyringLocked, KeyringMissing, Refused
from crm.vault.keyring_file import Lock
from crm.vault.sealing import NONCE, VERSION, bind

LOOKED_AT_EVERY = 1.0
MISSING = (
    "The keyring {path} is missing, but the database holds sealed data that only it can open. "
    "Put back your copy of it; a new one is not made, because it could open nothing."
)


def derive(secret: bytes, *purpose: str) -> bytes:
    info = bind(*(part.encode() for part in purpose))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


@lru_cache(maxsize=64)
def _wrapping(secret: bytes) -> AESGCM:
    return AESGCM(derive(secret, "wrap"))


@lru_cache(maxsize=1024)
def _index_key(secret: bytes, table: str, column: str) -> bytes:
    return derive(secret, "blind index", table, column)


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    made: str
    secret: bytes = field(repr=False)
    retired: str = ""

    @classmethod
    def new(cls) -> Key:
        return cls(secrets.token_hex(8), _now(), secrets.token_bytes(32))


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str
    keys: dict[str, Key] = field(repr=False)
    index_secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Keyring:
        key = Key.new()
        return cls(key.id, {key.id: key}, secrets.token_bytes(32))

    def wrap(self, data_key: UUID, secret: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        key = self.keys[self.current]
        sealed = _wrapping(key.secret).encrypt(nonce, secret, _bound(data_key, key.id))
        return VERSION + nonce + sealed

    def unwrap(self, data_key: UUID, wrapped: bytes, *, by: str) -> bytes:
        key = self.keys.get(by)
        if key is None:
            raise KeyringDamaged(
                f"The keyring holds no key {by}: it is another one, or an old copy."
            )
        nonce, body = wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :]
        try:
            return _wrapping(key.secret).decrypt(nonce, body, _bound(data_key, by))
        except InvalidTag:
            raise Refused("A data key was altered, or another keyring wrapped it.") from None

    def index_key(self, table: str, column: str) -> bytes:
        return _index_key(self.index_secret, table, column)

    def with_new_key(self) -> Keyring:
        key = Key.new()
        return replace(self, current=key.id, keys={**self.keys, key.id: key})

    def others(self) -> list[str]:
        return [key_id for key_id in self.keys if key_id != self.current]

    def with_retired(self) -> Keyring:
        """The other keys wrap nothing any more; copies of the key table may still need them."""
        now = _now()
        retired = {
            i: replace(self.keys[i], retired=self.keys[i].retired or now) for i in self.others()
        }
        return replace(self, keys={**self.keys, **retired})

    def without_old(self, *, retired_before: str) -> Keyring:
        keep = (k for k in self.keys.values() if not k.retired or k.retired >= retired_before)
        return replace(self, keys={key.id: key for key in keep})


def _bound(data_key: UUID, by: str) -> bytes:
    return bind(VERSION, b"data key", data_key.bytes, by.encode())


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _body(ring: Keyring) -> dict[str, Any]:
    keys = [
        {"id": k.id, "made": k.made, "retired": k.retired, "secret": keyring_file.text(k.secret)}
        for k in ring.keys.values()
    ]
    return {"current": ring.current, "index": keyring_file.text(ring.index_secret), "keys": keys}


def _ring(body: dict[str, Any]) -> Keyring:
    keys = {
        k["id"]: Key(k["id"], k["made"], keyring_file.raw(k["secret"]), k["retired"])
        for k in body["keys"]
    }
    if body["current"] not in keys:
        raise KeyringDamaged("The keyring names a current key that it does not hold.")
    return Keyring(body["current"], keys, keyring_file.raw(body["index"]))


class _Held:
    """What this process has read, and the stamp of the file that it read."""

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self.stamp: tuple[str, int, int, int] | None = None
        self.ring: Keyring | None = None
        self.good_until = 0.0
        self.passphrase = ""
        self.lock: Lock | None = None


_held = _Held()


def path() -> Path:
    chosen = settings.VAULT_KEYRING
    return Path(chosen) if chosen else settings.HOME.keys / "keyring.json"


def ring(*, fresh: bool = False) -> Keyring:
    """The keyring; its file is looked at each second, as another process may have added a key."""
    if _held.ring is not None and not fresh and time.monotonic() < _held.good_until:
        return _held.ring
    where = path()
    with _held.guard:
        try:
            stamp = _stamp(where)
        except FileNotFoundError:
            _make_unless_needed(where)
            stamp = _stamp(where)
        if _held.ring is None or _held.stamp != stamp:
            _held.ring = _read(where)
            _held.stamp = stamp
        _held.good_until = time.monotonic() + LOOKED_AT_EVERY
        return _held.ring


def make() -> bool:
    """Write a new keyring where there is none; False where there is one."""
    passphrase = _held.passphrase or _given()
    lock = Lock.new(passphrase) if passphrase else None
    return keyring_file.write_first(path(), keyring_file.closed(_body(Keyring.new()), lock))


def exists() -> bool:
    return path().exists()


def is_locked() -> bool:
    """Whether a passphrase protects the file."""
    return exists() and "lock" in keyring_file.read(path())


def needs_passphrase() -> bool:
    """Whether `up` must ask before anything can be opened."""
    return is_locked() and not (_held.lock or _held.passphrase or _given())


def unlock(passphrase: str) -> None:
    """Open the keyring for this process; a wrong passphrase raises KeyringLocked."""
    with _held.guard:
        forget()
        _held.passphrase = passphrase
        try:
            ring()
        except KeyringLocked:
            _held.passphrase = ""
            raise


def forget() -> None:
    """Drop what this process holds of the keyring."""
    with _held.guard:
        _held.stamp = _held.ring = _held.lock = None
        _held.passphrase = ""


def change(made: Callable[[Keyring], Keyring]) -> Keyring:
    """Write what is made of the keyring as it stands, locked as it was."""
    with _held.guard, keyring_file.alone(path()):
        changed = made(ring(fresh=True))
        _write(changed, _held.lock)
        return changed


def set_passphrase(passphrase: str) -> None:
    """The processes that run must be started again with it."""
    with _held.guard, keyring_file.alone(path()):
        _write(ring(fresh=True), Lock.new(passphrase))


def remove_passphrase() -> None:
    with _held.guard, keyring_file.alone(path()):
        _write(ring(fresh=True), None)


def _write(changed: Keyring, lock: Lock | None) -> None:
    keyring_file.write(path(), keyring_file.closed(_body(changed), lock))
    _held.lock, _held.ring, _held.stamp = lock, changed, _stamp(path())


def _read(where: Path) -> Keyring:
    document = keyring_file.read(where)
    if "lock" not in document:
        _held.lock = None
    elif _held.lock is None or document["lock"] != _held.lock.described():
        passphrase = _held.passphrase or _given()
        if not passphrase:
            raise KeyringLocked("The keyring wants its passphrase: set PORCHLIGHT_PASSPHRASE.")
        _held.lock = keyring_file.lock_of(document, passphrase)
    try:
        return _ring(keyring_file.opened(document, _held.lock))
    except KeyringLocked:
        _held.lock = None
        raise
    except (KeyError, TypeError, ValueError):
        raise KeyringDamaged(f"{where} is damaged. Put back your copy of it.") from None


def _make_unless_needed(where: Path) -> None:
    from crm.models import DataKey

    if DataKey.objects.exists():
        raise KeyringMissing(MISSING.format(path=where))
    make()


def _stamp(where: Path) -> tuple[str, int, int, int]:
    found = where.stat()
    return str(where), found.st_ino, found.st_mtime_ns, found.st_size


def _given() -> str:
    return os.environ.get("PORCHLIGHT_PASSPHRASE", "")
