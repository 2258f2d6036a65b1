"""Codes of the authenticator app, each good once."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db import transaction

LAST = "last_counter"


@transaction.atomic
def spend(authenticator: Authenticator, code: str) -> bool:
    """False when this code, or a later one, was taken before.

    The library remembers a used code in the cache for one period only, which is shorter
    than a code is accepted and forgotten when the cache is wiped.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    counter = _counter(decrypt(row.data["secret"]), code)
    if counter is None or counter <= row.data.get(LAST, 0):
        return False
    row.data[LAST] = counter
    row.save(update_fields=["data"])
    return True


def refusal() -> ValidationError:
    error: ValidationError = get_adapter().validation_error("incorrect_code")
    return error


def _counter(secret: str, code: str) -> int | None:
    typed = auth.normalize_user_code(code)
    matching = [
        counter
        for counter in auth.yield_hotp_counters_from_time()
        if auth.format_hotp_value(auth.hotp_value(secret, counter)) == typed
    ]
    return max(matching, default=None)
