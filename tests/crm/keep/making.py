from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from crm.models import Backup


def a_backup(*, state=Backup.State.VERIFIED, days_ago=0.0, **values):
    started = timezone.now() - timedelta(days=days_ago)
    ended = None if state == Backup.State.RUNNING else started + timedelta(minutes=1)
    return Backup.objects.create(
        kind=Backup.Kind.SCHEDULED,
        state=state,
        folder=started.strftime("%Y-%m-%dT%H%M%S.%fZ"),
        started_at=started,
        finished_at=ended,
        rows=12_345,
        bytes=6_789_000,
        **values,
    )
