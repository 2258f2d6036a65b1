"""The worker's side of the outbox.

Claimed in one transaction, done and marked in another: a worker that dies in between leaves
a row whose lease runs out. The row stays locked while its reaction runs, so that a lease that
runs out under a slow but living worker makes nobody else begin.
"""

from __future__ import annotations

import random
import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from crm.events import reactions
from crm.events.failpoints import failpoint
from crm.models import Delivery

# Short, so that a dead worker's work resumes soon; a living one is guarded by its row's lock.
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 8
AT_ONCE = 20
FIRST_PAUSE = timedelta(seconds=4)
# Well below the task's time limit: what is left goes with the next tick.
LONGEST_RUN = 20.0

log = structlog.get_logger(__name__)


def deliver_due(*, seconds: float = LONGEST_RUN) -> int:
    """Deliver what is due, first in line first, until nothing is or the time is up."""
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("A claim is committed before its work.")
    delivered = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and (batch := claim_some()):
        for delivery in batch:
            if time.monotonic() >= until:
                give_back(delivery)
                continue
            failpoint("events.after_claim")
            deliver(delivery)
            delivered += 1
    return delivered


@transaction.atomic
def claim_some(most: int = AT_ONCE) -> list[Delivery]:
    """Several under one claim. What was tried before comes alone: it may end its worker."""
    now = timezone.now()
    due = Delivery.objects.due(now=now).first_in_line().select_for_update(skip_locked=True)
    found = list(due.order_by("due_at", "id")[:most])
    batch = found[:1] if found and found[0].attempts else [d for d in found if not d.attempts]
    values = {"claim": uuid4(), "state": Delivery.State.CLAIMED, "due_at": now + LEASE}
    for delivery in batch:
        delivery.attempts += 1
        vars(delivery).update(values)
    mine = Delivery.objects.filter(id__in=[delivery.id for delivery in batch])
    mine.update(attempts=F("attempts") + 1, **values)
    return batch


def give_back(delivery: Delivery) -> None:
    Delivery.objects.filter(id=delivery.id, claim=delivery.claim).update(
        state=Delivery.State.WAITING, claim=None, attempts=F("attempts") - 1, due_at=timezone.now()
    )


def deliver(delivery: Delivery) -> None:
    if delivery.attempts > MOST_ATTEMPTS:
        # Claimed so often and never finished: it takes its worker down with it.
        _put_back(delivery, Delivery.State.SET_ASIDE, "The worker ended during each attempt.")
        return
    try:
        _react_and_mark(delivery)
    except reactions.CannotReact as refusal:
        _put_back(delivery, Delivery.State.SET_ASIDE, str(refusal))
    except Exception as error:  # a reaction may fail in any way; the row remembers where
        log.warning("reaction failed", delivery=str(delivery.id), error=where(error))
        last = delivery.attempts >= MOST_ATTEMPTS
        state = Delivery.State.SET_ASIDE if last else Delivery.State.WAITING
        _put_back(delivery, state, where(error))


@transaction.atomic
def _react_and_mark(delivery: Delivery) -> None:
    held = Delivery.objects.select_for_update(of=("self",)).select_related("event")
    mine = held.filter(id=delivery.id, claim=delivery.claim).first()
    if mine is None:
        return
    reactions.find(mine.reaction, kind=mine.event.kind)(mine.event)
    failpoint("events.after_effect")
    mine.state = Delivery.State.DONE
    mine.claim = None
    mine.last_error = ""
    mine.settled_at = timezone.now()
    mine.save(update_fields=["state", "claim", "last_error", "settled_at"])
    failpoint("events.after_mark")


def _put_back(delivery: Delivery, state: Delivery.State, error: str) -> None:
    Delivery.objects.filter(id=delivery.id, claim=delivery.claim).update(
        state=state, claim=None, last_error=error[:300], due_at=next_attempt(delivery.attempts)
    )


def next_attempt(attempts: int) -> datetime:
    """4 s, 12 s, 36 s ... 49 min after the seventh, each a quarter sooner or later."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
    return timezone.now() + FIRST_PAUSE * float(3 ** (attempts - 1)) * spread


def where(error: BaseException) -> str:
    """The error's type and place. Its message may quote a person, so it is not kept."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(str(settings.BASE_DIR))]
    if not ours:
        return type(error).__name__
    file = Path(ours[-1].filename).relative_to(settings.BASE_DIR)
    return f"{type(error).__name__} at {file}:{ours[-1].lineno}"
