from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from crm.keep.queries import reach, trouble
from crm.models import Backup
from crm.runtime.health import Health

LOOKED_AT = 10


def backups() -> Health:
    rows = list(Backup.objects.filter(thinned_at=None)[:LOOKED_AT])
    sentence = trouble(rows)
    if not rows:
        return Health("Backups", None, sentence)
    good = next((row for row in rows if row.state != Backup.State.RUNNING), None)
    made = _said(good.started_at) if good else "being made"
    return Health("Backups", not sentence, sentence or f"Last made {made}.", {"last": made})


def recovery_point() -> Health:
    found = reach()
    until = _said(found.until) if found.until else "no copy yet"
    return Health("Recovery point", found.ok, found.sentence, {"reaches": until})


def _said(moment: datetime) -> str:
    """On the clock of whoever asks."""
    return f"{localtime(moment):%-d %B %Y, %H:%M}"
