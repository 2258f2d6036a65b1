from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.models.notification import Notification
from crm.vault.ids import uuid7


class Channel(models.TextChoices):
    PAGE = "page", "In the page"
    EMAIL = "email", "E-mail"
    PUSH = "push", "Push"


class NotificationDeliveryQuerySet(models.QuerySet["NotificationDelivery"]):
    def due(self, *, now: datetime) -> NotificationDeliveryQuerySet:
        """Those whose time has come, or whose worker let the lease run out."""
        return self.filter(state__in=["waiting", "claimed"], due_at__lte=now)

    def missed(
        self, *, channel: str, before: datetime, now: datetime
    ) -> NotificationDeliveryQuerySet:
        """Those that are due now, and should have been told long ago."""
        late = self.filter(channel=channel, state="waiting", due_at__lte=now)
        return late.filter(notification__at__lte=before).exclude(notification__kind="house.digest")


class NotificationDelivery(models.Model):
    """One notification on its way through one channel."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        SENT = "sent"
        FAILED = "failed"
        UNWANTED = "unwanted"
        FOLDED = "folded"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        default=timezone.now, help_text="The next attempt, or the end of the lease while claimed."
    )
    claim: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    reached = ArrayField(
        models.UUIDField(), default=list, help_text="Devices that took it already, of several."
    )
    settled_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects = NotificationDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "notification deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="a_channel_tells_a_notification_once"
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", claim__isnull=False)
                | (~Q(state="claimed") & Q(claim__isnull=True)),
                name="only_a_claimed_notice_has_a_claim",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                name="notice_due",
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.Index(fields=["settled_at"], name="notice_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.state}"

    @property
    def message_id(self) -> str:
        """The same at each attempt, so that a mailbox can tell a repeated letter."""
        return f"<{self.id}@notify.porchlight>"
