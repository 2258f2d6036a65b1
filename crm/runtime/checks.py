"""What the engine room says of itself, each in a sentence for the owner."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from crm.models import Tick
from crm.runtime import grants, heartbeats
from crm.runtime.health import Health

LOW_DISK_BYTES = 2_000_000_000
LOW_DISK_SHARE = 0.05


def database() -> Health:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    took = round((time.monotonic() - began) * 1000, 1)
    measured = {"version": version, "megabytes": round(size / 1_000_000), "milliseconds": took}
    return Health("Database", True, "The database answers.", measured)


def roles() -> Health:
    if grants.apart():
        return Health("Database roles", True, "Pages can't alter the trail of changes.")
    sentence = (
        "Pages and migrations share one database role, so a break-in could also alter the trail "
        "of changes. Give DATABASE_OWNER_URL a role of its own to keep them apart."
    )
    return Health("Database roles", None, sentence)


def broker() -> Health:
    if not settings.REDIS_URL:
        sentence = "No broker is set, so work waits. Set REDIS_URL, or start with `manage.py up`."
        return Health("Broker", False, sentence)
    # Loaded when asked: it would make up a fifth of the web's start.
    import redis

    began = time.monotonic()
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        sentence = "The broker does not answer. Nothing is lost: work goes on when it is back."
        return Health("Broker", False, sentence)
    took = round((time.monotonic() - began) * 1000, 1)
    return Health("Broker", True, "The broker answers.", {"milliseconds": took})


def signs() -> list[Health]:
    """Of the worker, and of the beat."""
    seen = heartbeats.last()
    waits = "Reminders, mail and imports wait until it runs again."
    untold = "Nothing tells the worker what is due until it runs again."
    return [
        _sign(seen, "worker", "Worker", "The worker is doing its work.", waits),
        _sign(seen, "beat", "Beat", "The beat is keeping time.", untold),
    ]


def schedule() -> Health:
    ill = list(Tick.objects.filter(Q(failures__gt=0) | Q(deaths__gt=0)))
    failing = [tick.name for tick in ill if tick.failures]
    deadly = [tick.name for tick in ill if tick.deaths]
    measured = {"failing": ", ".join(failing) or "none", "broken off": ", ".join(deadly) or "none"}
    if failing or deadly:
        amount = len({*failing, *deadly})
        sentence = f"{amount} of the things done by the clock failed when last tried."
        return Health("Schedule", False, sentence, measured)
    return Health("Schedule", True, "Everything done by the clock went well.", measured)


def disk() -> Health:
    found = shutil.disk_usage(settings.HOME.root if settings.HOME.root.exists() else "/")
    measured = {"free gigabytes": round(found.free / 1e9, 1)}
    if found.free < LOW_DISK_BYTES or found.free < found.total * LOW_DISK_SHARE:
        sentence = "The disk is nearly full. Make room before Porchlight has to refuse new data."
        return Health("Disk", False, sentence, measured)
    return Health("Disk", True, "There is room on the disk.", measured)


def _sign(seen: Mapping[str, datetime], kind: str, name: str, well: str, missing: str) -> Health:
    measured = {"last sign": _ago(seen.get(kind))}
    if kind in heartbeats.silent(seen):
        return Health(name, False, f"The {kind} is not running. {missing}", measured)
    return Health(name, True, well, measured)


def _ago(at: datetime | None) -> str:
    return "never" if at is None else f"{(timezone.now() - at).total_seconds():.0f} s ago"
