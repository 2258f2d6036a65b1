"""Telling open pages that something changed. The stream itself is in stream.py."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from crm.models import LiveMessage

CHANNEL = "porchlight_live"
KEPT_FOR = timedelta(minutes=10)


def tell(name: str, data: dict[str, object]) -> None:
    """Heard by every open page once the caller's transaction commits; never if it does not.

    `data` holds ids and counts: a page fetches what it wants to show.
    """
    message = LiveMessage.objects.create(name=name, data=data)
    heard = json.dumps({"id": message.pk, "name": name, "data": data})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, heard])


def prune() -> int:
    old = LiveMessage.objects.filter(at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]
