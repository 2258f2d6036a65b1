"""What the owner was told, when those who tell were killed: in the page once, by mail at most twice
with one Message-ID."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from crm.models import LiveMessage, NotificationDelivery
from tests.crm.notify.conftest import Mailbox


def all_settled() -> bool:
    return not NotificationDelivery.objects.filter(state__in=["waiting", "claimed"]).exists()


def in_flight() -> set[UUID]:
    claimed = NotificationDelivery.objects.filter(state="claimed")
    return set(claimed.values_list("claim", flat=True))


def in_the_page(kind: str = "") -> list[int]:
    """How often each notice was shown; of one kind, or of all."""
    told = NotificationDelivery.objects.filter(channel="page")
    told = told.filter(notification__kind=kind) if kind else told
    shown = Counter(message.data.get("notification") for message in LiveMessage.objects.all())
    return sorted(shown[str(one)] for one in told.values_list("notification", flat=True))


def by_mail(mailbox: Mailbox, kind: str = "") -> list[int]:
    """How often each letter that was to come came."""
    sent = NotificationDelivery.objects.filter(channel="email", state="sent")
    sent = sent.filter(notification__kind=kind) if kind else sent
    letters = Counter(letter["Message-ID"] for letter in mailbox.letters)
    return sorted(letters[delivery.message_id] for delivery in sent)
