"""What was missed while the machine slept, or held back over quiet hours, comes as one notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm.models import Notification, NotificationDelivery
from crm.models.notification_delivery import Channel
from crm.notify import kinds, rules

# A few late ones come one by one.
MORE_THAN = 3
OLDER_THAN = timedelta(minutes=15)
NAMED = 20
State = NotificationDelivery.State


def fold_missed() -> None:
    wishes = rules.wishes()
    if wishes.quiet_until(timezone.now()) is None:
        for channel in (Channel.EMAIL, Channel.PUSH):
            _fold(channel, wishes)


@transaction.atomic
def _fold(channel: Channel, wishes: rules.Wishes) -> None:
    now = timezone.now()
    missed = NotificationDelivery.objects.missed(channel=channel, before=now - OLDER_THAN, now=now)
    locked = missed.select_for_update(skip_locked=True, of=("self",))
    found = list(locked.select_related("notification").order_by("notification__at", "id"))
    wanted = {kind: wishes.takes(kinds.find(kind), channel) for kind in _kinds_of(found)}
    found = [
        delivery
        for delivery in found
        if delivery.notification.read_at is None and wanted[delivery.notification.kind]
    ]
    if len(found) <= MORE_THAN:
        return
    _tell(channel, found)
    NotificationDelivery.objects.filter(id__in=[delivery.id for delivery in found]).update(
        state=State.FOLDED, settled_at=now
    )


def _kinds_of(deliveries: Sequence[NotificationDelivery]) -> set[str]:
    return {delivery.notification.kind for delivery in deliveries}


def _tell(channel: Channel, missed: Sequence[NotificationDelivery]) -> None:
    digest = Notification.objects.create(
        kind=kinds.DIGEST.name,
        key=f"digest:{channel}:{missed[-1].id}",
        title=f"{len(missed)} things while you were away",
        body=_lines(missed),
        url=reverse("notifications"),
    )
    NotificationDelivery.objects.create(notification=digest, channel=channel)


def _lines(missed: Sequence[NotificationDelivery]) -> str:
    # Words about a person stay under that person's key, and a digest is sealed with the house's:
    # it counts them by kind.
    labels = [kinds.find(delivery.notification.kind).label for delivery in missed]
    counted = {label: labels.count(label) for label in labels}
    return "\n".join(f"{label}: {amount}" for label, amount in list(counted.items())[:NAMED])
