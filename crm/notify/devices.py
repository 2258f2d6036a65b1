"""The owner's browsers that are told by push."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from crm.audit.services import security_event
from crm.models import Owner, PushSubscription
from crm.notify import vapid
from crm.notify.web_push import CURVE
from crm.owner.devices import describe
from crm.runtime.outside import PORTS, Refused, target

MOST = 10
LONGEST = 2000
NO_ADDRESS = "The browser gave no address that can be told. Try again."


class CannotAdd(Exception):
    """The sentence says why, to the owner."""


@dataclass(frozen=True)
class Keys:
    """What a browser gives: where to post, and the keys that only it can answer to."""

    endpoint: str
    public: str
    secret: str


def devices() -> list[PushSubscription]:
    return list(PushSubscription.objects.all()[:MOST])


@transaction.atomic
def add(*, keys: Keys, request: HttpRequest) -> PushSubscription:
    """The same browser added twice is one device, with its newest keys."""
    _check(keys)
    # One at a time: two at once would both find room.
    Owner.objects.select_for_update().get()
    same = PushSubscription.objects.filter(endpoint_hash=keys.endpoint).first()
    if same is None and PushSubscription.objects.count() >= MOST:
        raise CannotAdd(f"There are {MOST} browsers already. Remove one first.")
    device = same or PushSubscription(endpoint=keys.endpoint)
    device.label = describe(request.META.get("HTTP_USER_AGENT", ""))
    device.public, device.secret = keys.public, keys.secret
    device.failures, device.last_error = 0, ""
    device.save()
    if same is None:
        security_event("push.added", request=request)
    return device


def remove(*, device: UUID, request: HttpRequest) -> bool:
    return _removed(PushSubscription.objects.filter(id=device), request)


def remove_address(*, endpoint: str, request: HttpRequest) -> bool:
    return _removed(PushSubscription.objects.filter(endpoint_hash=endpoint), request)


@transaction.atomic
def _removed(chosen: QuerySet[PushSubscription], request: HttpRequest) -> bool:
    gone: bool = chosen.delete()[0] > 0
    if gone:
        security_event("push.removed", request=request)
    return gone


def _check(keys: Keys) -> None:
    try:
        public, secret = vapid.data(keys.public), vapid.data(keys.secret)
        EllipticCurvePublicKey.from_encoded_point(CURVE, public)
        _check_address(keys.endpoint)
        whole = (len(public), len(secret)) == (65, 16) and len(keys.endpoint) <= LONGEST
    except (ValueError, Refused):
        whole = False
    if not whole:
        raise CannotAdd(NO_ADDRESS)


def _check_address(endpoint: str) -> None:
    if settings.OUTGOING_LOOPBACK:
        target(endpoint, schemes=PORTS, ports=range(1, 65536))
    else:
        target(endpoint, schemes=("https",), ports=(443,))
