"""The tick that tells what is due: claimed, told, marked, as the outbox does (crm/events).

A reminder is told in the transaction that marks it, through the one sender (crm/notify), which
takes each key once: a worker killed anywhere in between leaves a row that the next one finishes.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.events.delivering import where
from crm.events.failpoints import failpoint
from crm.notify import services as notices
from crm.vault.errors import Erased
from leads.followups import clock, kinds, reminders, words
from leads.models import FollowUp, Reminder

# As short as the outbox's: what a dead worker had is told within the minute.
LEASE = dt.timedelta(seconds=30)
AT_ONCE = 50
FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=10)
LONGEST_RUN = 20.0
State = Reminder.State

log = structlog.get_logger(__name__)


def remind_due(*, seconds: float = LONGEST_RUN) -> int:
    told, until = 0, time.monotonic() + seconds
    mind_the_clock()
    while time.monotonic() < until and (batch := claim_some()):
        failpoint("follow_ups.after_claim")
        told += tell_all(batch, clock.zone())
    return told


def mind_the_clock() -> int:
    """A clock that was set back would leave a lease or a pause in force until it is there again."""
    now = timezone.now()
    tried = Reminder.objects.filter(state__in=[State.WAITING, State.CLAIMED], attempts__gt=0)
    return tried.filter(due_at__gt=now + LONGEST_PAUSE * 2).update(due_at=now)


@transaction.atomic
def claim_some(most: int = AT_ONCE) -> list[Reminder]:
    """Several under one claim. What was tried before comes alone: it may end its worker."""
    now = timezone.now()
    due = Reminder.objects.filter(state__in=[State.WAITING, State.CLAIMED], due_at__lte=now)
    found = list(due.order_by("due_at", "id").select_for_update(skip_locked=True)[:most])
    batch = found[:1] if found and found[0].attempts else [one for one in found if not one.attempts]
    claim = uuid4()
    for reminder in batch:
        reminder.claim, reminder.attempts = claim, reminder.attempts + 1
    mine = Reminder.objects.filter(id__in=[reminder.id for reminder in batch])
    until = now + lease(batch[0].attempts) if batch else now
    mine.update(claim=claim, state=State.CLAIMED, due_at=until, attempts=F("attempts") + 1)
    return batch


def lease(attempts: int) -> dt.timedelta:
    """Longer from the fourth time on: what ends its worker whenever it is tried is tried rarely."""
    return min(LEASE * float(2 ** min(max(attempts - 3, 0), 10)), LONGEST_PAUSE)


@transaction.atomic
def tell_all(batch: list[Reminder], zone: dt.tzinfo) -> int:
    """In one transaction, for they are quick and one hint to the sender will do."""
    told = sum(tell(reminder, zone) for reminder in batch)
    failpoint("follow_ups.before_commit")
    return told


def tell(reminder: Reminder, zone: dt.tzinfo) -> bool:
    try:
        return _tell_and_mark(reminder, zone)
    except Exception as error:  # whatever it is, the others are told; the row remembers where
        log.warning("reminder not told", reminder=str(reminder.id), error=where(error))
        Reminder.objects.filter(id=reminder.id, claim=reminder.claim).update(
            state=State.WAITING, claim=None, last_error=where(error)[:300],
            due_at=next_attempt(reminder.attempts),
        )  # fmt: skip
        return False


@transaction.atomic
def _tell_and_mark(reminder: Reminder, zone: dt.tzinfo) -> bool:
    # Never waits for one that is being moved or ended: two who wait for each other come to nothing.
    free = Reminder.objects.select_for_update(skip_locked=True)
    mine = free.filter(id=reminder.id, claim=reminder.claim).first()
    if mine is None:
        return False  # withdrawn, or the lease was over and somebody else has it
    about = FollowUp.objects.of_present().select_related("lead", "listing")
    follow_up = about.open().filter(id=mine.follow_up, due=mine.occurrence).first()
    told = follow_up is not None and _say(mine, follow_up, zone)
    failpoint("follow_ups.after_effect")
    mine.state, mine.claim = State.TOLD if told else State.WITHDRAWN, None
    mine.save(update_fields=["state", "claim"])
    return told


def _say(reminder: Reminder, follow_up: FollowUp, zone: dt.tzinfo) -> bool:
    try:
        title, body = words.reminder(follow_up, zone)
    except Erased:
        return False
    notices.notify(
        kinds.DUE.name,
        title=title,
        body=body,
        url=words.address(follow_up),
        at=reminder.fires_at,
        about=follow_up.lead_id,
        key=reminders.key(reminder),
    )
    return True


def next_attempt(attempts: int) -> dt.datetime:
    """5 s, 10 s, 20 s ... 10 min, each a quarter sooner or later; a reminder is never given up."""
    pause = min(FIRST_PAUSE * float(2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
    return timezone.now() + pause * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
