"""One sealed value: version, key id, nonce, ciphertext; bound to the place where it stands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm.vault.errors import Refused

VERSION = b"\x01"
NONCE = 12
HEAD = 1 + 16
SIXTEEN = (16).to_bytes(4, "big")
SHORTEST = HEAD + NONCE + 16


class Place(NamedTuple):
    """Where a value stands. The row's id never changes, so it must be known before the write."""

    table: str
    column: str
    row: UUID


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A data key, unwrapped and ready to use."""

    id: UUID
    name: bytes
    cipher: AESGCM

    @classmethod
    def of(cls, key_id: UUID, secret: bytes) -> OpenKey:
        return cls(key_id, key_id.bytes, AESGCM(secret))


def bind(*parts: bytes) -> bytes:
    """Associated data in which no part can lend bytes to its neighbour."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@lru_cache(maxsize=1024)
def _bound_column(table: str, column: str) -> bytes:
    return bind(VERSION, table.encode(), column.encode())


def _associated(place: Place, key: OpenKey) -> bytes:
    column = _bound_column(place.table, place.column)
    # As `bind` would put them, without its loop: this runs for every value.
    return column + SIXTEEN + place.row.bytes + SIXTEEN + key.name


def seal(plain: bytes, *, place: Place, key: OpenKey) -> bytes:
    # From the system for each value: a pool of random bytes would be copied by a fork.
    nonce = os.urandom(NONCE)
    return VERSION + key.name + nonce + key.cipher.encrypt(nonce, plain, _associated(place, key))


def unseal(value: bytes, *, place: Place, key: OpenKey) -> bytes:
    if value[:HEAD] != VERSION + key.name:
        raise Refused("The sealed value is of another version or names another key.")
    nonce, body = value[HEAD : HEAD + NONCE], value[HEAD + NONCE :]
    try:
        return key.cipher.decrypt(nonce, body, _associated(place, key))
    # A nonce or tag that was cut short is a ValueError.
    except (InvalidTag, ValueError):
        raise Refused(
            f"A value in {place.table}.{place.column} was altered or does not belong to its row."
        ) from None


def key_id(value: bytes) -> UUID:
    if len(value) < SHORTEST or value[:1] != VERSION:
        raise Refused("This is not a sealed value.")
    return UUID(bytes=value[1:HEAD])
