from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from crm.models.trail import Trail


class SecurityEventManager(models.Manager["SecurityEvent"]):
    def get_queryset(self) -> models.QuerySet[SecurityEvent]:
        return super().get_queryset().filter(op=Trail.Op.EVENT)


class SecurityEvent(Trail):
    """A sign-in, a reveal, an export: a record of the same trail and the same chain."""

    objects: ClassVar[SecurityEventManager] = SecurityEventManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = "security event"

    @property
    def detail(self) -> dict[str, Any]:
        return self.after or {}

    def __str__(self) -> str:
        return self.kind
