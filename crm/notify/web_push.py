"""A message that only one browser can open (RFC 8291), in one record of aes128gcm (RFC 8188)."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Push services take 4096 bytes in all: head 86, tag 16, end of the record 1.
RECORD = 4096
MOST = RECORD - 86 - 16 - 1
# The length tells nothing about the words.
STEP = 512
LAST_RECORD = b"\x02"
CURVE = SECP256R1()


def encrypt(
    plain: bytes,
    *,
    to: bytes,
    secret: bytes,
    salt: bytes | None = None,
    own: EllipticCurvePrivateKey | None = None,
    step: int = STEP,
) -> bytes:
    """The body for a push service. `to` and `secret` are the browser's p256dh and auth."""
    if len(plain) > MOST:
        raise ValueError("A push message may have 3993 bytes.")
    salt, own = salt or os.urandom(16), own or generate_private_key(CURVE)
    us = raw(own.public_key())
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(CURVE, to))
    between = _derived(shared, salt=secret, info=b"WebPush: info\0" + to + us, length=32)
    key = _derived(between, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(between, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    record = plain + LAST_RECORD + bytes(min(-len(plain) % step, MOST - len(plain)))
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(us)]) + us
    return head + AESGCM(key).encrypt(nonce, record, None)


def raw(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)
