from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.keep import services
from crm.models import Backup

LATE = timedelta(hours=36)
SHOWN = 40
TRIAL = timedelta(minutes=10)


def backup_page() -> dict[str, Any]:
    rows = list(Backup.objects.filter(thinned_at=None)[:SHOWN])
    running = any(backup.state == Backup.State.RUNNING for backup in rows)
    return {
        "backups": rows,
        "running": running,
        "changing": running or any(_being_tried(backup) for backup in rows),
        "place": services.root(),
        "trouble": trouble(rows),
        "free": _free(),
    }


def _being_tried(backup: Backup) -> bool:
    """As far as one can tell: each is tried as soon as it is written."""
    fresh = timezone.now() - backup.started_at < TRIAL
    return fresh and backup.state == Backup.State.WRITTEN


def trouble(rows: list[Backup]) -> str:
    """What is not well with the backups, in a sentence; nothing when all is."""
    good = [row for row in rows if row.state in (Backup.State.WRITTEN, Backup.State.VERIFIED)]
    ended = [row for row in rows if row.state != Backup.State.RUNNING]
    if not ended:
        return "" if rows else "There is no backup yet. The first one is made tonight."
    if ended[0].state == Backup.State.FAILED:
        return f"The last backup failed. {ended[0].error}"
    if good and timezone.now() - good[0].started_at > LATE:
        return f"The last backup is from {good[0].started_at:%d %B}. None was made since."
    return ""


def _free() -> int | None:
    try:
        return shutil.disk_usage(services.root()).free
    except OSError:
        return None
