"""When a backup is due, and starting one without holding up the worker."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from crm.keep import telling
from crm.models import Backup, Owner

HOUR = time(3)
RETRY = timedelta(hours=1)


def is_due(now: datetime, zone: ZoneInfo) -> bool:
    """Once after each 3 o'clock of the owner's; a machine that slept then does it on waking."""
    night = _last_night(now.astimezone(zone))
    if Backup.objects.standing().filter(started_at__gte=night).exists():
        return False
    return not Backup.objects.filter(started_at__gte=now - RETRY).exists()


def start(*words: str) -> None:
    """In a process of its own: a backup may take longer than a task may."""
    subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """The worker lacks the owner's role; beside the embedded server the command finds it."""
    embedded = "PORCHLIGHT_EMBEDDED_DATABASE" in os.environ
    return {
        name: value
        for name, value in os.environ.items()
        if not (embedded and name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    }


def nightly() -> None:
    owner = Owner.objects.select_related("preferences").first()
    if owner is None:
        return
    now, zone = timezone.now(), owner.preferences.tzinfo
    telling.overdue(now=now, zone=zone, since=owner.joined_at)
    if is_due(now, zone):
        start("backup", "--kind", Backup.Kind.SCHEDULED, "--verify")


def _last_night(local: datetime) -> datetime:
    tonight = datetime.combine(local.date(), HOUR, tzinfo=local.tzinfo)
    return tonight if tonight <= local else tonight - timedelta(days=1)
