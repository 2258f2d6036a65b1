"""The tick that sends what is due: claimed, sent, marked, as the outbox does (crm/events).

A page is told in the transaction that marks it, so exactly once. A letter or a push may go twice
if the worker dies between sending and marking; it then carries the same Message-ID or tag.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.events.delivering import where
from crm.events.failpoints import failpoint
from crm.models import NotificationDelivery
from crm.models.notification_delivery import Channel
from crm.notify import digest, kinds, mail, rules
from crm.notify.channels import CannotSend, NotToAll, senders
from crm.notify.rules import Wishes

# As short as the outbox's: what a dead worker had is told within the minute.
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 12
AT_ONCE = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=2)
LONGEST_RUN = 20.0
State = NotificationDelivery.State
Ways: TypeAlias = tuple[Channel, ...]
IN_THE_PAGE: Ways = (Channel.PAGE,)
ELSEWHERE: Ways = (Channel.EMAIL, Channel.PUSH)

log = structlog.get_logger(__name__)


def show_due(*, seconds: float = LONGEST_RUN) -> int:
    """In the page alone, which never waits for a mail server that takes its time."""
    return _work_through([IN_THE_PAGE], seconds)


def send_due(*, seconds: float = LONGEST_RUN) -> int:
    digest.fold_missed()
    with mail.one_connection():
        return _work_through([IN_THE_PAGE, ELSEWHERE], seconds)


def _work_through(ways: Sequence[Ways], seconds: float) -> int:
    """What goes the first way before anything that goes the next."""
    handled = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and (batch := next(filter(None, map(claim_some, ways)), None)):
        handled += _handle_all(batch, until)
    return handled


def _handle_all(batch: list[NotificationDelivery], until: float) -> int:
    """What is wanted is asked once for the batch, seconds before it is sent."""
    wishes = rules.wishes()
    handled = _leave_out(batch, wishes)
    for delivery in batch:
        if delivery.state != State.CLAIMED:
            continue
        if time.monotonic() >= until:
            _give_back(delivery)
            continue
        failpoint("notify.after_claim")
        handle(delivery, wishes)
        handled += 1
    return handled


@transaction.atomic
def claim_some(channels: Ways = tuple(Channel), most: int = AT_ONCE) -> list[NotificationDelivery]:
    """Several under one claim. What was tried before comes alone: it may end its worker."""
    now = timezone.now()
    due = NotificationDelivery.objects.due(now=now).filter(channel__in=channels)
    due = due.order_by("due_at", "id")
    locked = due.select_related("notification").select_for_update(skip_locked=True, of=("self",))
    found = list(locked[:most])
    batch = found[:1] if found and found[0].attempts else [d for d in found if not d.attempts]
    values = {"claim": uuid4(), "state": State.CLAIMED, "due_at": now + LEASE}
    for delivery in batch:
        delivery.attempts += 1
        vars(delivery).update(values)
    mine = NotificationDelivery.objects.filter(id__in=[delivery.id for delivery in batch])
    mine.update(attempts=F("attempts") + 1, **values)
    return batch


def _leave_out(batch: list[NotificationDelivery], wishes: Wishes) -> int:
    """Channels that nobody wants are a third of the rows and cost one statement."""
    unwanted = [delivery for delivery in batch if not _wanted(delivery, wishes)]
    if not unwanted:
        return 0
    for delivery in unwanted:
        delivery.state = State.UNWANTED
    mine = NotificationDelivery.objects.filter(
        id__in=[delivery.id for delivery in unwanted], claim=unwanted[0].claim
    )
    return mine.update(state=State.UNWANTED, claim=None, settled_at=timezone.now())


def _give_back(delivery: NotificationDelivery) -> None:
    NotificationDelivery.objects.filter(id=delivery.id, claim=delivery.claim).update(
        state=State.WAITING, claim=None, attempts=F("attempts") - 1, due_at=timezone.now()
    )


def handle(delivery: NotificationDelivery, wishes: Wishes) -> None:
    if delivery.attempts > MOST_ATTEMPTS:
        # Claimed so often and never finished: it takes its worker down with it.
        _put_back(delivery, "The worker ended during each attempt.", permanent=True)
        return
    try:
        _send_and_mark(delivery, wishes)
    except CannotSend as refusal:
        _put_back(delivery, str(refusal), permanent=refusal.permanent)
    except Exception as error:  # a channel may fail in any way; the row remembers where
        log.warning("notice not sent", delivery=str(delivery.id), error=where(error))
        _put_back(delivery, where(error))


@transaction.atomic
def _send_and_mark(delivery: NotificationDelivery, wishes: Wishes) -> None:
    held = NotificationDelivery.objects.select_for_update(of=("self",))
    held = held.select_related("notification").filter(id=delivery.id, claim=delivery.claim)
    mine = held.first()
    if mine is None:
        return
    if (later := _held_back_until(mine, wishes)) is not None:
        _settle(mine, State.WAITING, due_at=later)
        return
    if not _wanted(mine, wishes):
        _settle(mine, State.UNWANTED)
        return
    try:
        senders()[mine.channel](mine)
    except NotToAll as rest:
        _put_back(mine, str(rest), permanent=rest.permanent)
        return
    failpoint("notify.after_effect")
    _settle(mine, State.SENT)
    failpoint("notify.before_commit")


def _held_back_until(delivery: NotificationDelivery, wishes: Wishes) -> datetime | None:
    urgent = kinds.find(delivery.notification.kind).urgent
    if urgent or delivery.channel == Channel.PAGE:
        return None
    return wishes.quiet_until(timezone.now())


def _wanted(delivery: NotificationDelivery, wishes: Wishes) -> bool:
    told = delivery.notification
    if delivery.channel != Channel.PAGE and told.read_at is not None:
        return False  # seen in the page already
    return wishes.takes(kinds.find(told.kind), Channel(delivery.channel))


def _settle(
    delivery: NotificationDelivery, state: State, *, due_at: datetime | None = None
) -> None:
    delivery.state = state
    delivery.claim = None
    if due_at is None:
        delivery.settled_at = timezone.now()
    else:
        delivery.due_at = due_at
        delivery.attempts -= 1  # waiting for the morning is no attempt
    delivery.save(update_fields=["state", "claim", "settled_at", "due_at", "attempts"])


def _put_back(delivery: NotificationDelivery, error: str, *, permanent: bool = False) -> None:
    mine = NotificationDelivery.objects.filter(id=delivery.id, claim=delivery.claim)
    if permanent or delivery.attempts >= MOST_ATTEMPTS:
        values = {"state": State.FAILED, "settled_at": timezone.now()}
    else:
        values = {"state": State.WAITING, "due_at": next_attempt(delivery.attempts)}
    mine.update(claim=None, last_error=error[:300], **values)


def next_attempt(attempts: int) -> datetime:
    """5 s, 10 s, 20 s ... 2 h, each a quarter sooner or later."""
    pause = min(FIRST_PAUSE * float(2 ** (attempts - 1)), LONGEST_PAUSE)
    return timezone.now() + pause * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
