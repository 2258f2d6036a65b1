from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from crm.vault.ids import uuid7


class BackupQuerySet(models.QuerySet["Backup"]):
    def standing(self) -> BackupQuerySet:
        """Those whose files are still there."""
        return self.filter(state__in=(Backup.State.WRITTEN, Backup.State.VERIFIED), thinned_at=None)

    def latest_good(self) -> Backup | None:
        return self.standing().order_by("-started_at").first()

    def unverified_since(self, moment: datetime) -> BackupQuerySet:
        return self.standing().filter(state=Backup.State.WRITTEN, started_at__gte=moment)


class Backup(models.Model):
    """One backup: when it was made, what it holds, and whether restoring it was tried."""

    class Kind(models.TextChoices):
        SCHEDULED = "scheduled", "Nightly"
        BY_HAND = "by_hand", "By hand"
        BEFORE_UPGRADE = "before_upgrade", "Before an upgrade"

    class State(models.TextChoices):
        RUNNING = "running", "Being made"
        WRITTEN = "written", "Written, not tried yet"
        VERIFIED = "verified", "Restored and compared"
        FAILED = "failed", "Failed"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    folder = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    thinned_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Backup]] = models.Manager.from_queryset(BackupQuerySet)()

    class Meta:
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="running", finished_at=None)
                | Q(~Q(state="running"), finished_at__isnull=False),
                name="a_backup_that_ran_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""),
                name="a_failed_backup_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Backup of {self.started_at:%Y-%m-%d %H:%M}"
