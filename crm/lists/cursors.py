"""A place in a list, as an address carries it: sealed, for it holds a name or an amount."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12
LONGEST = 4000


class NoPlace(ValueError):
    """Not a place of ours, or of another order."""


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    digest = salted_hmac("crm.lists.cursors", "", secret=secret, algorithm="sha256").digest()
    return AESGCM(digest)


def seal(values: Sequence[Any], *, order: str) -> str:
    nonce = os.urandom(NONCE)
    plain = json.dumps([as_text(value) for value in values]).encode()
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, plain, order.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(text: str, *, order: str) -> list[str]:
    if len(text) > LONGEST:
        raise NoPlace
    try:
        raw = base64.urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii"))
        plain = _cipher(settings.SECRET_KEY).decrypt(raw[:NONCE], raw[NONCE:], order.encode())
    except (ValueError, InvalidTag) as error:
        raise NoPlace from error
    return [str(value) for value in json.loads(plain)]


def as_text(value: Any) -> str:
    if value is None:
        raise ValueError(
            "A list is sorted by something that is null; it needs a key that never is."
        )
    return value.isoformat() if isinstance(value, dt.date) else str(value)
