"""The banner on every page when nothing is being done in the background."""

from __future__ import annotations

import time

from django.conf import settings
from django.urls import reverse

from crm.runtime import heartbeats
from crm.shell.banners import Banner

# Pages ask often; what they hear may be this old.
KEPT_SECONDS = 15.0
# Worker and beat start after the web and need a while for their first sign.
GRACE_SECONDS = 40.0
SENTENCES = {
    ("worker",): "The worker is not running: reminders, mail and imports wait.",
    ("beat",): "The beat is not running: reminders, mail and imports wait.",
    ("worker", "beat"): "Worker and beat are not running: reminders, mail and imports wait.",
}

_started = time.monotonic()
_heard: tuple[float, tuple[str, ...]] | None = None


def banner() -> Banner | None:
    silent = _silent()
    if not silent:
        return None
    return Banner(SENTENCES[silent], url=reverse("health"), link="See health")


def forget() -> None:
    global _heard
    _heard = None


def _silent() -> tuple[str, ...]:
    global _heard
    # Tests count a page's queries; they ask this by itself.
    if not settings.BANNER_OF_STANDSTILL:
        return ()
    now = time.monotonic()
    if now - _started < GRACE_SECONDS:
        return ()
    if _heard is None or now - _heard[0] > KEPT_SECONDS:
        _heard = (now, tuple(heartbeats.silent()))
    return _heard[1]
