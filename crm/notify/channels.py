"""The ways to the owner. Each takes a notification's delivery and sends it, or says why not."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from crm.models import NotificationDelivery
from crm.models.notification_delivery import Channel
from crm.notify import kinds, live
from crm.notify.queries import unread_count


class CannotSend(Exception):
    """Not sent. The sentence names no address and quotes no answer."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


class NotToAll(CannotSend):
    """What was done so far stands; the rest is tried again, unless that is in vain."""


def show_in_page(delivery: NotificationDelivery) -> None:
    told = delivery.notification
    told.shown_at = timezone.now()
    told.save(update_fields=["shown_at"])
    live.tell(
        "notifications",
        {
            "unread": unread_count(),
            "notification": str(told.id),
            "urgent": kinds.find(told.kind).urgent,
        },
    )


def senders() -> dict[str, Callable[[NotificationDelivery], None]]:
    """Looked up when it is needed: the channels' own modules raise this one's error."""
    from crm.notify import mail, push

    return {Channel.PAGE: show_in_page, Channel.EMAIL: mail.send, Channel.PUSH: push.send}


def available() -> list[Channel]:
    return [channel for channel in Channel if channel in senders()]
