"""Telling open pages that something changed. The stream itself is in stream.py."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from crm.models import LiveMessage
from crm.shell import glance

CHANNEL = "porchlight_live"
KEPT_FOR = timedelta(minutes=10)
# Numbers are given before commit: what has a smaller one may have been told a moment later.
OVERLAP = timedelta(seconds=10)
# Which messages a page knows: the newest, and those just before it, as ranges of numbers.
TOLD = (
    "SELECT range_agg(int8range(id, id + 1))::text FROM crm_livemessage WHERE at >"  # noqa: S608
    f" (SELECT max(at) FROM crm_livemessage) - interval '{OVERLAP.total_seconds():.0f} s'"
)


def tell(name: str, data: dict[str, object]) -> None:
    """Heard by every open page once the caller's transaction commits; never if it does not.

    `data` holds ids and counts: a page fetches what it wants to show.
    """
    message = LiveMessage.objects.create(name=name, data=data)
    heard = json.dumps({"id": message.pk, "name": name, "data": data})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, heard])


def told_so_far(request: HttpRequest) -> str:
    """What had been told when the page was begun; its stream goes on from there.

    A page that fetches itself anew on a message asks before it reads its own rows, or it would
    take for known what was told in between.
    """
    return str(glance.of(request)["told"] or "")


def prune() -> int:
    old = LiveMessage.objects.filter(at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]
