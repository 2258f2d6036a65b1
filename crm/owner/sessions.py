"""When each session was last used, written at most once a minute."""

from __future__ import annotations

import time

from allauth.usersessions.models import UserSession
from django.utils import timezone

NOTED_EVERY = 60
MOST_NOTED = 1000
# Only spares writes: another process that has not noted a session writes once more.
_noted: dict[str, float] = {}


def just_seen(key: str) -> None:
    if len(_noted) >= MOST_NOTED:
        _noted.clear()
    _noted[key] = time.time()


def note_use(key: str) -> None:
    if abs(time.time() - _noted.get(key, 0)) < NOTED_EVERY:
        return
    just_seen(key)
    UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
