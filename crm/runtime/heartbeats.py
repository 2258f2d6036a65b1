"""Signs of life: written by whoever truly consumes, read by health and the supervisor."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from crm.models import Heartbeat

EVERY = timedelta(seconds=30)
DEAF_AFTER = timedelta(seconds=90)


def machine() -> str:
    return platform.node()[:255]


def beat(kind: str) -> None:
    now = timezone.now()
    row, made = Heartbeat.objects.get_or_create(kind=kind, machine=machine(), defaults={"at": now})
    # In the future it stands when the clock was set back.
    if not made and not now - EVERY < row.at <= now:
        Heartbeat.objects.filter(pk=row.pk).update(at=now)


def last() -> dict[str, datetime]:
    rows = Heartbeat.objects.order_by().values_list("kind").annotate(Max("at"))
    return dict(rows)


def silent(seen: Mapping[str, datetime] | None = None) -> list[str]:
    """Kinds without a sign for 90 seconds: nothing of theirs is being done."""
    seen = last() if seen is None else seen
    limit = timezone.now() - DEAF_AFTER
    return [kind for kind in ("worker", "beat") if kind not in seen or seen[kind] < limit]
