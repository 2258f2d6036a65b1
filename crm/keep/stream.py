"""A stream of bytes under AES-256-GCM: a header, then sealed chunks, the last marked as the last.

Chunks can't be changed, swapped, dropped or added: each one's nonce holds its number and whether
it is the last, and each is bound to the header.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"PORCHLIGHT-BACKUP-1\n"
SALT = 32
TAG = 16
CHUNK = 1 << 20


class DamagedError(Exception):
    """The file is not what was written, or the key is not its key."""


def _cipher(key: bytes, salt: bytes, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"backup " + purpose.encode())
    return AESGCM(derived.derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, 1 if last else 0)


class SealingWriter:
    """Takes what is written to it and writes it sealed. `close` marks the end; without it
    the file is refused as cut."""

    def __init__(self, out: BinaryIO, *, key: bytes, purpose: str, magic: bytes = MAGIC) -> None:
        self._out = out
        salt = secrets.token_bytes(SALT)
        self._header = magic + salt
        self._cipher = _cipher(key, salt, purpose)
        self._waiting = bytearray()
        self._number = 0
        out.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # One whole chunk stays behind, since only the end knows which chunk is the last.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, plain, self._header))
        self._number += 1


def opened(source: BinaryIO, *, key: bytes, purpose: str, magic: bytes = MAGIC) -> Iterator[bytes]:
    """The chunks of a sealed stream. Raises at the first byte that is not as it was written."""
    header = source.read(len(magic) + SALT)
    if len(header) != len(magic) + SALT or not header.startswith(magic):
        raise DamagedError("This is not a Porchlight backup.")
    cipher = _cipher(key, header[len(magic) :], purpose)
    number = 0
    sealed = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        yield _open(cipher, _nonce(number, last=not following), sealed, header)
        if not following:
            return
        sealed, number = following, number + 1


def _open(cipher: AESGCM, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, header)
    except (InvalidTag, ValueError) as error:
        raise DamagedError(
            "The backup is damaged, cut short, or sealed with another key."
        ) from error


def pump(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> int:
    """Carry everything over in chunks; answers how many bytes."""
    total = 0
    while data := read(CHUNK):
        write(data)
        total += len(data)
    return total
