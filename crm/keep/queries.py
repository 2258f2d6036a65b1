from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from crm.keep import places
from crm.keep.noting import status, trial_error
from crm.models import Backup

LATE = timedelta(hours=36)
SHOWN = 40
TRIAL = timedelta(minutes=10)
# What may be lost with the machine where the log is copied, and what not to wait longer for.
PROMISED = timedelta(minutes=5)
BY_BACKUPS_ONLY = (
    "If this machine were lost, what was written since the last backup would be lost with it: up "
    "to a day. The database is a server of your own, so only you can have its log copied."
)


def backup_page() -> dict[str, Any]:
    rows = list(Backup.objects.filter(thinned_at=None)[:SHOWN])
    running = any(backup.state == Backup.State.RUNNING for backup in rows)
    return {
        "backups": rows,
        "running": running,
        "changing": running or any(_being_tried(backup) for backup in rows),
        "place": places.root(),
        "trouble": trouble(rows),
        "reach": reach(),
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


@dataclass(frozen=True)
class Reach:
    """Up to when a restore would give everything back, in a sentence; not ok when that is long
    ago, and neither well nor unwell where it can't be shorter than a backup's interval."""

    ok: bool | None
    sentence: str
    until: datetime | None = None


def reach() -> Reach:
    if "PORCHLIGHT_EMBEDDED_DATABASE" not in os.environ:
        return Reach(None, BY_BACKUPS_ONLY)
    known = status(settings.HOME)
    error = known.get("error", "")
    if "at" not in known:
        waiting = "The first copy of the database and its log is being made."
        return Reach(
            False if error else None, f"The first copy failed. {error}" if error else waiting
        )
    until = datetime.fromisoformat(known["at"])
    age = timezone.now() - until
    if failed := trial_error(settings.HOME):
        return Reach(
            False, f"The minute's copies could not be restored when tried. {failed}", until
        )
    if age <= PROMISED:
        return Reach(True, "What you write is copied to the backups every minute.", until)
    minutes = f"{age // timedelta(minutes=1):,} minutes"
    sentence = f"The copy lags: what you wrote in the last {minutes} is on this machine only."
    return Reach(False, f"{sentence} {error}".strip(), until)


def _free() -> int | None:
    try:
        return shutil.disk_usage(places.root()).free
    except OSError:
        return None
