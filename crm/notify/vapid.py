"""Who we are to push services (RFC 8292): a pair of keys of the house, and what it signs."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from email.utils import parseaddr
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.db import IntegrityError, transaction

from crm.models import PushKey
from crm.notify.web_push import CURVE, raw

LASTS = 12 * 3600
# Named where the house has neither an address nor a sender: services want somebody to write to.
NOBODY = "https://porchlight.invalid"


def public_key() -> str:
    """What a browser binds its subscription to; made at the first call."""
    return _key().public


def authorization(endpoint: str) -> str:
    """The header for this push service, good for half a day and for no other."""
    key = _key()
    return f"vapid t={_token(endpoint, _opened(key))}, k={key.public}"


def _key() -> PushKey:
    found = PushKey.objects.first()
    if found is not None:
        return found
    pair = generate_private_key(CURVE)
    secret = pair.private_numbers().private_value.to_bytes(32, "big")
    try:
        with transaction.atomic():
            return PushKey.objects.create(public=text(raw(pair.public_key())), private=text(secret))
    except IntegrityError:  # another process was a moment earlier
        return PushKey.objects.get()


def _opened(key: PushKey) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(data(key.private), "big"), CURVE)


def _token(endpoint: str, key: EllipticCurvePrivateKey) -> str:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + LASTS,
        "sub": contact(),
    }
    signed = ".".join(text(json.dumps(part).encode()) for part in (HEAD, claims))
    first, second = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{text(first.to_bytes(32, 'big') + second.to_bytes(32, 'big'))}"


HEAD = {"typ": "JWT", "alg": "ES256"}


def contact() -> str:
    """Whom a push service may write to; the address that the owner signs in with is not told."""
    if settings.PUBLIC_URL.startswith("https://"):
        return str(settings.PUBLIC_URL)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return NOBODY if not sender or sender.endswith("@localhost") else f"mailto:{sender}"


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def data(text: str) -> bytes:
    """Raises ValueError for what is no such text."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
