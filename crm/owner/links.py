"""One-time links, printed at the machine: for the first run, and for the way back in."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from crm.models import OneTimeLink


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make(
    purpose: OneTimeLink.Purpose,
    *,
    lasts: datetime.timedelta | None = None,
    drops_second_factors: bool = False,
) -> str:
    """A new token. The one made before for the same purpose stops working."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.filter(purpose=purpose).delete()
    OneTimeLink.objects.create(
        purpose=purpose,
        digest=digest_of(token),
        expires_at=timezone.now() + lasts if lasts else None,
        drops_second_factors=drops_second_factors,
    )
    return token


def find(purpose: OneTimeLink.Purpose, digest: bytes, *, lock: bool = False) -> OneTimeLink | None:
    links = OneTimeLink.objects.select_for_update() if lock else OneTimeLink.objects.all()
    link = links.filter(purpose=purpose, digest=digest).first()
    expired = link is not None and link.expires_at is not None and link.expires_at <= timezone.now()
    return None if expired else link
