"""The country of a phone number that names none: the one the owner has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from crm.models.preferences import Preferences

_region: ContextVar[str] = ContextVar("phone_region", default="")


@contextmanager
def within(region: str) -> Iterator[None]:
    """A page, or a long piece of work, knows the region once instead of asking for each number."""
    token = _region.set(region)
    try:
        yield
    finally:
        _region.reset(token)


def current() -> str:
    return _region.get() or chosen()


def chosen() -> str:
    """As the owner's preferences say now."""
    region = Preferences.objects.values_list("phone_region", flat=True).first()
    return str(region or settings.PHONE_REGION)
