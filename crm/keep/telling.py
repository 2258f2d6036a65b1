"""What the owner is told of backups: each trouble once, however often it is met."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError
from django.urls import reverse

from crm.keep.queries import LATE
from crm.models import Backup, Notification
from crm.notify.kinds import BACKUP
from crm.notify.services import notify, withdraw
from crm.vault.errors import VaultError

log = structlog.get_logger(__name__)

# A machine that wakes late makes its backup first, and is then not late any more.
GRACE = timedelta(hours=2)


def failed(backup: Backup) -> None:
    _tell("A backup failed", backup.error, key=f"backup.failed:{_good_before(backup)}")


def not_verified(backup: Backup) -> None:
    day = f"{backup.started_at:%d %B}"
    sentence = f"The backup of {day} would not give back what was backed up. {backup.error}"
    _tell(
        "A backup could not be verified", sentence, key=f"backup.unverified:{_good_before(backup)}"
    )


def verified(backup: Backup) -> None:
    """The end of a trouble is told as well, if the trouble was."""
    good = _good_before(backup)
    written()
    keys = [f"backup.{what}:{good}" for what in ("failed", "unverified", "overdue")]
    if Notification.objects.filter(key__in=keys, deliveries__state="sent").exists():
        sentence = "The latest was restored beside the real one and compared."
        _tell("Backups work again", sentence, key=f"backup.well:{good}")


def written() -> None:
    """What was about to be said of a missing backup is no longer true."""
    waiting = Notification.objects.filter(
        key__startswith="backup.overdue:", deliveries__state="waiting"
    )
    for key in waiting.values_list("key", flat=True).distinct():
        withdraw(key=key)


def overdue(*, now: datetime, zone: ZoneInfo, since: datetime) -> None:
    """`since` stands for the last backup while there is none: the day the owner moved in."""
    good = Backup.objects.latest_good()
    last = good.started_at if good else since
    key = f"backup.overdue:{good.id if good else 'none'}"
    if now - last <= LATE or Notification.objects.filter(key=key).exists():
        return
    sentence = (
        f"The last good one is from {last.astimezone(zone):%a %-d %B, %H:%M}. None was made since."
        if good
        else "There is none yet, and it should have been made by now."
    )
    _tell("A backup is overdue", sentence, key=key, at=now + GRACE)


def _good_before(backup: Backup) -> UUID | str:
    """All that goes wrong after one good backup is one trouble."""
    good = Backup.objects.filter(state=Backup.State.VERIFIED, started_at__lt=backup.started_at)
    return good.values_list("id", flat=True).order_by("-started_at").first() or "none"


def _tell(title: str, body: str, *, key: str, at: datetime | None = None) -> None:
    try:
        notify(BACKUP.name, title=title, body=body, url=reverse("backups"), key=key, at=at)
    # What went wrong must be seen for what it is, also where nobody can be told of it.
    except (VaultError, DatabaseError) as error:
        log.warning("nobody was told of a backup", error=type(error).__name__)
