"""The push channel: every browser that the owner added, each through its own push service."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crm.models import Notification, NotificationDelivery, NotificationRules, PushSubscription
from crm.notify import kinds, rules, vapid, web_push
from crm.notify.channels import NotToAll
from crm.runtime import outgoing
from crm.runtime.outgoing import Answer, Limits, Unreachable
from crm.runtime.outside import Refused
from crm.vault.errors import VaultError

# The delivery's row is locked meanwhile, and its lease is 45 s.
EACH, ALL_SECONDS = 5.0, 20.0
LIVES = 24 * 3600
GONE = {404, 410}
LATER = {408, 425, 429}
LONGEST_TITLE, LONGEST_BODY = 120, 400
SOMETHING = "Something new in Porchlight"
PushSays = NotificationRules.PushSays


@dataclass(frozen=True)
class Outcome:
    """How one browser's push service answered, and the sentence for the owner."""

    what: Literal["taken", "gone", "refused", "later"]
    sentence: str = ""


def send(delivery: NotificationDelivery) -> None:
    """To each browser that has not had it. Those that must wait are asked again, and only they."""
    until = time.monotonic() + ALL_SECONDS
    waiting = PushSubscription.objects.exclude(id__in=delivery.reached).order_by("made_at", "id")
    message = compose(delivery)
    outcomes = [_tell(device, delivery, message, until) for device in waiting]
    delivery.save(update_fields=["reached"])
    late = [outcome for outcome in outcomes if outcome.what == "later"]
    if late:
        raise NotToAll(late[0].sentence)
    if not delivery.reached:
        refusals = [outcome.sentence for outcome in outcomes if outcome.what == "refused"]
        raise NotToAll(refusals[0] if refusals else "No browser is left to tell.", permanent=True)


def compose(delivery: NotificationDelivery) -> bytes:
    """What the browser shows. The tag lets it replace a message that came twice."""
    told = delivery.notification
    title, body = _words(told, rules.rules().push_says)
    shown = {
        "title": title[:LONGEST_TITLE],
        "body": body[:LONGEST_BODY],
        "url": told.url or reverse("notifications"),
        "tag": str(delivery.id),
    }
    return json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace")


def _words(told: Notification, says: str) -> tuple[str, str]:
    if says == PushSays.NOTHING:
        return SOMETHING, ""
    if says == PushSays.KIND:
        return kinds.find(told.kind).label, ""
    title, body = told.words
    return " ".join(title.split()), body if says == PushSays.ALL else ""


def _tell(
    device: PushSubscription, delivery: NotificationDelivery, message: bytes, until: float
) -> Outcome:
    if time.monotonic() >= until:
        return Outcome("later", "The push services were too slow.")
    outcome = _asked(device, delivery, message, until)
    if outcome.what == "gone":
        device.delete()
        return outcome
    if outcome.what == "taken":
        delivery.reached.append(device.id)
        device.last_ok_at, device.failures = timezone.now(), 0
    else:
        device.failures += 1
    device.last_error = outcome.sentence
    device.save(update_fields=["last_ok_at", "failures", "last_error"])
    return outcome


def _asked(
    device: PushSubscription, delivery: NotificationDelivery, message: bytes, until: float
) -> Outcome:
    try:
        body = web_push.encrypt(
            message, to=vapid.data(device.public), secret=vapid.data(device.secret)
        )
        answer = outgoing.post(
            device.endpoint,
            body=body,
            headers=_headers(device.endpoint, delivery),
            limits=limits(until),
        )
    except Unreachable:
        return Outcome("later", "The push service did not answer.")
    except (Refused, VaultError, ValueError):
        return Outcome("refused", "This browser's address can't be used. Add it again.")
    return _understood(answer)


def _understood(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome("taken")
    if answer.status in GONE:
        return Outcome("gone", "The browser no longer wants to be told.")
    if answer.status in LATER or answer.status >= 500:
        return Outcome("later", f"The push service is busy ({answer.status}).")
    return Outcome("refused", f"The push service refuses it ({answer.status}). Add it again.")


def _headers(endpoint: str, delivery: NotificationDelivery) -> dict[str, str]:
    urgent = kinds.find(delivery.notification.kind).urgent
    return {
        "Authorization": vapid.authorization(endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES),
        "Urgency": "high" if urgent else "normal",
        # A service that still holds the first of two keeps the second alone.
        "Topic": vapid.text(delivery.id.bytes),
    }


def limits(until: float) -> Limits:
    seconds = max(0.1, min(EACH, until - time.monotonic()))
    if settings.OUTGOING_LOOPBACK:
        anywhere = {"schemes": ("https", "http"), "ports": range(1, 65536)}
        return Limits(seconds=seconds, size=10_000, redirects=0, **anywhere)  # type: ignore[arg-type]
    return Limits(seconds=seconds, size=10_000, redirects=0)
