"""Doing something to many rows: at once where they are few, else by the worker, batch by batch.

A run's progress moves in the transaction of its batch. A worker that dies leaves a lease that
runs out; the next one goes on after the last batch that was committed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from django import forms
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.audit import context
from crm.audit.services import operation, summarise
from crm.events.failpoints import failpoint
from crm.lists import answers, registry, taking_back
from crm.lists.counting import TICK as COUNT_TICK
from crm.lists.declaration import BulkAction, Outcome, Rows
from crm.lists.limits import PAGE_MS, TooSlow, within
from crm.lists.scopes import Scope
from crm.lists.shape import Shape
from crm.lists.telling import tell
from crm.lists.wording import Reader, reader
from crm.models import BulkRun
from crm.owner.services import owner
from crm.runtime.ticks import poke

TICK = taking_back.TICK
AT_ONCE = 500
BATCH = 500
LEASE = timedelta(seconds=60)
LONGEST_RUN = 20.0
MOST_ATTEMPTS = 5
FORGOTTEN_AFTER = timedelta(days=30)
KEPT = (taking_back.AGAIN,)
NOT_THERE = "no longer in this list"
State = BulkRun.State

log = structlog.get_logger(__name__)


class WorkerEnded(Exception):
    """Begun so often and never a batch further: it takes its worker down with it."""


@dataclass(frozen=True)
class Done:
    """`answers` are the form's; `run` where the worker goes on with it."""

    operation: UUID
    outcome: Outcome
    answers: Mapping[str, Any]
    run: BulkRun | None = None


def begin(
    *, shape: Shape, action: BulkAction, scope: Scope, form: forms.Form | None, reader: Reader
) -> Done:
    """`form` is valid; `answers.Gone` where what it names was deleted since it was read."""
    few = _few(scope, scope.rows(shape, reader))
    with transaction.atomic(), operation(action.label, list=shape.listed.name) as id:
        if few is not None:
            told = answers.held(form)
            outcome = _act(shape, action, few, told)
            summarise(id, done=outcome.done, left=sum(outcome.left.values()))
            poke(COUNT_TICK)
            return Done(id, outcome, told)
        run = BulkRun.objects.create(
            operation_id=id,
            kind=shape.listed.name,
            action=action.name,
            actor=context.current().values()[0],
            scope=scope.to_json(),
            data=answers.kept(form),
            total=len(scope.ids or ()),
        )
    poke(TICK)
    return Done(id, Outcome(0), {}, run)


def _few(scope: Scope, rows: Rows) -> list[Any] | None:
    """The rows' ids: what an action changes must not change which rows it is for."""
    try:
        with within(PAGE_MS):
            found = scope.batch(rows, after="", most=AT_ONCE + 1)
    except TooSlow:
        return None
    return found if len(found) <= AT_ONCE else None


def _act(shape: Shape, action: BulkAction, ids: Sequence[Any], told: Mapping[str, Any]) -> Outcome:
    """On those that still stand in the list. They are held until the transaction ends, so that
    nobody is erased or merged between being looked at and being written to."""
    there = shape.listed.rows().filter(pk__in=ids).order_by("pk")
    held = [row.pk for row in there.select_for_update(of=("self",), no_key=True).only("pk")]
    # For nobody no new tag is made.
    outcome = action.run(shape.listed.rows().filter(pk__in=held), told) if held else Outcome(0)
    if len(held) == len(ids):
        return outcome
    return replace(outcome, left={**outcome.left, NOT_THERE: len(ids) - len(held)})


@transaction.atomic
def stop(*, run: BulkRun) -> BulkRun:
    """What is done stays done, and can be undone; the batch under way is waited for."""
    held = BulkRun.objects.select_for_update().get(id=run.id)
    if held.ended_at is None:
        _end(held, State.STOPPED)
    return held


def run_due(*, seconds: float = LONGEST_RUN) -> int:
    """The tick. Batches done."""
    until = time.monotonic() + seconds
    batches = 0
    while time.monotonic() < until and (run := claim()):
        failpoint("lists.after_claim")
        batches += _work(run, until)
    return batches


@transaction.atomic
def claim() -> BulkRun | None:
    due = BulkRun.objects.due(now=timezone.now()).order_by("due_at", "id")
    run = due.select_for_update(skip_locked=True).first()
    if run is None:
        return None
    run.state, run.claim, run.due_at = State.RUNNING, uuid4(), timezone.now() + LEASE
    run.attempts += 1
    run.save(update_fields=["state", "claim", "due_at", "attempts"])
    return run


def _work(run: BulkRun, until: float) -> int:
    preferences = getattr(owner(), "preferences", None)
    batches = 0
    try:
        if run.attempts > MOST_ATTEMPTS:
            raise WorkerEnded
        with (
            timezone.override(preferences.tzinfo if preferences else None),
            context.acting(run.actor, page=TICK),
            context.within(run.operation_id),
        ):
            while _batch(run, reader(preferences)):
                batches += 1
                if time.monotonic() >= until:
                    _give_back(run)
                    break
    except Exception as error:  # an action may fail in any way; the row remembers, the rest stays
        log.warning("bulk run failed", run=str(run.id), error=type(error).__name__)
        _fail(run, type(error).__name__)
    return batches


@transaction.atomic
def _batch(run: BulkRun, reader: Reader) -> bool:
    """One batch; False when there is none left, or the run isn't ours any more."""
    held = BulkRun.objects.select_for_update().filter(id=run.id, claim=run.claim).first()
    if held is None:
        return False
    if held.action == taking_back.ACTION:
        taking_back.undo_all(held)
        _end(held, State.DONE)
        return False
    listed = registry.find(run.kind)
    if listed is None:
        raise LookupError(run.kind)
    shape = Shape(listed)
    action, scope = shape.bulk[held.action], Scope.from_json(held.scope)
    rows = scope.rows(shape, reader)
    if held.total == 0:
        held.total = rows.order_by().count()
    found = scope.batch(rows, after=held.after, most=BATCH)
    if not found:
        _end(held, State.DONE)
        return False
    outcome = _act(shape, action, found, answers.again(action, held.data))
    failpoint("lists.after_effect")
    held.done, held.after = held.done + outcome.done, str(found[-1])
    held.left = dict(Counter(held.left) + Counter(outcome.left))
    held.due_at, held.attempts = timezone.now() + LEASE, 1
    held.save(update_fields=["done", "left", "after", "total", "due_at", "attempts"])
    failpoint("lists.before_commit")
    return True


def _give_back(run: BulkRun) -> None:
    mine = BulkRun.objects.filter(id=run.id, claim=run.claim)
    mine.update(state=State.WAITING, claim=None, due_at=timezone.now(), attempts=F("attempts") - 1)
    poke(TICK)


@transaction.atomic
def _fail(run: BulkRun, error: str) -> None:
    held = BulkRun.objects.select_for_update().filter(id=run.id, claim=run.claim).first()
    if held is not None:
        held.error = error
        _end(held, State.FAILED)


def _end(run: BulkRun, state: str) -> None:
    run.state, run.claim, run.ended_at = state, None, timezone.now()
    # What was typed for it, and which people it was for, is nobody's any more.
    run.scope, run.data = {}, {name: run.data[name] for name in KEPT if name in run.data}
    fields = ["state", "claim", "ended_at", "total", "done", "left", "scope", "data", "error"]
    run.save(update_fields=fields)
    if run.action != taking_back.ACTION:
        summarise(run.operation_id, done=run.done, left=sum(run.left.values()), ended=state)
    tell(run)
    poke(COUNT_TICK)


def prune() -> None:
    """Its operation stays in the trail; how far it had come interests nobody after a month."""
    BulkRun.objects.filter(ended_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def words(action: BulkAction, done: Done) -> str:
    """ "12 people tagged. 3 left: do not contact." """
    said = [action.done(done.outcome.done, done.answers) + "."]
    said += [f"{number:,} left: {why}." for why, number in done.outcome.left.items()]
    return " ".join(said)
