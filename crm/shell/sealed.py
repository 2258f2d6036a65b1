"""What an address carries and only this house may read: a name in a filter, words of a search.

Addresses stand in histories and in the logs of whatever lies between. The same words make the same
address, so that a page can be kept and found again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12
LONGEST = 32_000


class NotOurs(ValueError):
    """Not sealed here, or for another purpose."""


@lru_cache(maxsize=4)
def _keys(secret: str) -> tuple[AESGCM, bytes]:
    digest = salted_hmac("crm.shell.sealed", "", secret=secret, algorithm="sha512").digest()
    return AESGCM(digest[:32]), digest[32:]


def seal(text: str, *, purpose: str) -> str:
    cipher, nonces = _keys(settings.SECRET_KEY)
    plain, about = text.encode("utf-8", "surrogatepass"), purpose.encode()
    # Made from what is sealed: two texts never share one, and the same text keeps its own.
    nonce = hmac.digest(nonces, about + b"\0" + plain, hashlib.sha256)[:NONCE]
    sealed = nonce + cipher.encrypt(nonce, plain, about)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(text: str, *, purpose: str) -> str:
    if len(text) > LONGEST:
        raise NotOurs
    cipher, _ = _keys(settings.SECRET_KEY)
    try:
        raw = base64.urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii"))
        plain = cipher.decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())
    except (ValueError, InvalidTag) as error:
        raise NotOurs from error
    return plain.decode("utf-8", "surrogatepass")
