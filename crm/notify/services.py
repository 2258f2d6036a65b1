from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import (
    Notification,
    NotificationDelivery,
    NotificationPreference,
    NotificationRules,
)
from crm.models.notification_delivery import Channel
from crm.notify import kinds, live
from crm.notify.queries import unread_count
from crm.runtime.ticks import poke

TICK, SHOW_TICK = "notify.send", "notify.show"


def notify(
    kind: str,
    *,
    title: str,
    body: str = "",
    url: str = "",
    at: datetime | None = None,
    about: UUID | None = None,
    key: str,
) -> Notification:
    """Tell the owner, from `at` on, through the channels they chose for this kind.

    `key` names the thing and its occurrence: told twice with one key is told once. `about` is
    whose data the words are: their erasure takes the words with it. `url` is a path in here.
    """
    if not kinds.known(kind):
        raise ValueError(f"No kind {kind} was registered")
    told = Notification(
        kind=kind,
        key=key,
        title=title[:200],
        body=body[:4000],
        url=url,
        about=about,
        at=at or timezone.now(),
    )
    try:
        with transaction.atomic():
            told.save(force_insert=True)
            _through_every_channel(told)
    except IntegrityError:
        return Notification.objects.get(key=key)
    poke(SHOW_TICK)
    poke(TICK)
    return told


def _through_every_channel(told: Notification) -> None:
    """What the owner wants is asked when it is sent: it may change until then."""
    NotificationDelivery.objects.bulk_create(
        NotificationDelivery(notification=told, channel=channel, due_at=told.at)
        for channel in Channel
    )


@transaction.atomic
def withdraw(*, key: str) -> bool:
    """Take back what was not told yet, such as the reminder of something done by now."""
    waiting = NotificationDelivery.objects.filter(notification__key=key, state="waiting")
    return waiting.update(state="unwanted", settled_at=timezone.now()) > 0


@transaction.atomic
def take_back(*, keys: Collection[str]) -> None:
    """What was said is old news: unread in the page no more, and not mailed."""
    for key in keys:
        withdraw(key=key)
    for unread in Notification.objects.unread().filter(key__in=keys).values_list("id", flat=True):
        mark_read(notification=unread)


@transaction.atomic
def mark_read(*, notification: UUID) -> None:
    unread = Notification.objects.filter(id=notification).unread()
    if unread.update(read_at=timezone.now()):
        live.tell("notifications", {"unread": unread_count()})


@transaction.atomic
def mark_all_read() -> int:
    amount: int = Notification.objects.unread().update(read_at=timezone.now())
    if amount:
        live.tell("notifications", {"unread": 0})
    return amount


@transaction.atomic
def save_preferences(*, rules: NotificationRules, choices: dict[tuple[str, str], bool]) -> None:
    rules.save()
    for (kind, channel), wanted in choices.items():
        NotificationPreference.objects.update_or_create(
            kind=kind, channel=channel, defaults={"wanted": wanted}
        )
