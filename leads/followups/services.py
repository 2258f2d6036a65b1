"""What is written. Callers bring the operation that a toast undoes (crm/audit)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.events import services as events
from crm.vault import services as vault
from leads.followups import clock, recurrence, reminders, series, snoozes
from leads.models import FollowUp, Interaction, Lead
from properties.models import Listing

State = FollowUp.State


@transaction.atomic
def plan(
    *,
    lead: Lead | None,
    title: str,
    kind: str = "call",
    due: dt.datetime | None = None,
    due_on: dt.date | None = None,
    priority: int = 2,
    minutes: int | None = None,
    reminders: Sequence[int] | None = None,
    rule: str = "",
    listing: Listing | None = None,
    notes: str = "",
    origin: str = "",
    id: UUID | None = None,
) -> FollowUp:
    """Due at a moment or on a day. What repeats begins at its rule's first occurrence from then.

    With an `id`, planned twice is planned once; another thing under one `id`, as when a browser
    goes back to its form, is another follow-up.
    """
    known: FollowUp | None = FollowUp.objects.filter(id=id).first() if id else None
    if known is not None:
        if (known.title, known.lead_id) == (title, lead and lead.id):
            return known
        id = None
    zone = clock.preferences().zone
    planned = FollowUp(
        lead=lead, title=title, kind=kind, priority=priority, minutes=minutes, listing=listing,
        notes=notes, origin=origin, zone=zone, **({"id": id} if id else {}),
    )  # fmt: skip
    _set_moment(planned, due=due, due_on=due_on, reminders=reminders)
    if rule:
        _repeat(planned, rule)
    planned.save(force_insert=True)
    _record("planned", planned)
    return planned


@transaction.atomic
def plan_many(
    *, leads: Sequence[UUID], title: str, kind: str, due_on: dt.date, origin: str = ""
) -> int:
    """The same for each, in a few statements however many they are, and told as one event."""
    zone, usual = clock.preferences().zone, reminders.usual(all_day=True)
    planned = [
        FollowUp(lead_id=lead, title=title, kind=kind, zone=zone, origin=origin) for lead in leads
    ]
    for follow_up in planned:
        _set_moment(follow_up, due=None, due_on=due_on, reminders=usual)
    with operation("Plan follow-ups") as id:
        FollowUp.objects.bulk_create(planned)
        if planned:
            data: dict[str, object] = {"count": len(planned), "kind": kind}
            events.record("follow_ups.planned", subject=id, data=data, operation=id)
    return len(planned)


def _set_moment(
    follow_up: FollowUp,
    *,
    due: dt.datetime | None,
    due_on: dt.date | None,
    reminders: Sequence[int] | None = None,
) -> None:
    if due_on is not None and due is None:
        due = clock.end(due_on, clock.named(follow_up.zone))
    elif due is None or due_on is not None:
        raise ValueError("A follow-up is due at a moment or on a day.")
    changed_shape = follow_up.all_day != (due_on is not None) or follow_up._state.adding
    if reminders is not None or changed_shape:
        follow_up.reminders = _chosen(reminders, all_day=due_on is not None)
    follow_up.due, follow_up.due_on, follow_up.set_at = due, due_on, timezone.now()


def _chosen(wanted: Sequence[int] | None, *, all_day: bool) -> list[int]:
    return reminders.usual(all_day=all_day) if wanted is None else sorted(set(wanted))


def _repeat(follow_up: FollowUp, rule: str) -> None:
    """From now on by this rule; `due` moves to its first occurrence."""
    zone = clock.named(follow_up.zone)
    begins = clock.wall(follow_up.due, zone).replace(microsecond=0)
    follow_up.rule = recurrence.cleaned(rule, begins=begins)
    first = recurrence.first(follow_up.rule, begins=begins) or begins
    if follow_up.all_day:
        follow_up.due_on, follow_up.due = first.date(), clock.end(first.date(), zone)
    else:
        follow_up.due = clock.instant(first, zone)
    follow_up.recurs_from = follow_up.occurrence = follow_up.due
    follow_up.series = follow_up.series or follow_up.id


@transaction.atomic
def change(*, follow_up: FollowUp, values: dict[str, Any]) -> FollowUp | None:
    """Fields by their names; with `due`, `due_on`, `rule` or `reminders` the moment is set anew."""
    mine = _held(follow_up)
    if mine is None:
        return None
    told, when = dict(values), {}
    for name in ("due", "due_on", "reminders", "rule", "lead"):
        if name in told:
            when[name] = told.pop(name)
    for name, value in told.items():
        setattr(mine, name, value)
    if when.keys() & {"due", "due_on"}:
        mine.zone = clock.preferences().zone
        _set_moment(mine, due=when.get("due"), due_on=when.get("due_on"))
    if "reminders" in when:
        mine.reminders = _chosen(when["reminders"], all_day=mine.all_day)
    mine.sequence, mine.set_at = mine.sequence + 1, timezone.now()
    _change_rule(mine, when.get("rule", mine.rule), moved=bool(when.keys() & {"due", "due_on"}))
    mine.save()
    if "lead" in when and when["lead"] != mine.lead:
        reassign(follow_up=mine, lead=when["lead"])
    reminders.take_back([mine.id])
    _record("changed", mine)
    return mine


def _change_rule(follow_up: FollowUp, rule: str, *, moved: bool) -> None:
    if not rule:
        follow_up.rule, follow_up.recurs_from, follow_up.occurrence = "", None, None
    elif rule != follow_up.rule or moved:
        _repeat(follow_up, rule)


@transaction.atomic
def finish(
    *,
    follow_up: FollowUp,
    outcome: str = "",
    interaction: Interaction | None = None,
    actual_minutes: int | None = None,
) -> FollowUp | None:
    """Done; answers the next of a series. What ended already, as by a second click, stays so."""
    mine = _held(follow_up)
    if mine is None:
        return None
    mine.outcome, mine.interaction, mine.actual_minutes = outcome, interaction, actual_minutes
    return _end(mine, State.DONE, "done")


@transaction.atomic
def drop(*, follow_up: FollowUp, all_to_come: bool = False) -> FollowUp | None:
    """Not done, and no longer meant to be; the series goes on unless all of it is meant."""
    mine = _held(follow_up)
    if mine is None:
        return None
    if all_to_come:
        mine.rule = ""
    return _end(mine, State.DROPPED, "dropped")


def _end(follow_up: FollowUp, state: State, happened: str) -> FollowUp | None:
    now = timezone.now()
    follow_up.state, follow_up.ended_at = state, now
    follow_up.sequence += 1
    follow_up.save()
    reminders.take_back([follow_up.id])
    _record(happened, follow_up)
    return series.make_next(follow_up, now=now)


@transaction.atomic
def move(
    *, follow_up: FollowUp, due: dt.datetime | None = None, due_on: dt.date | None = None
) -> FollowUp | None:
    """This one alone: its series goes on as before."""
    return _moved(follow_up, due=due, due_on=due_on, happened="moved")


@transaction.atomic
def snooze(*, follow_up: FollowUp, choice: str) -> FollowUp | None:
    """Until one of the times of snoozes.choices."""
    now = timezone.now()
    chosen = snoozes.choices(now, clock.preferences())[choice]
    return _moved(
        follow_up, due=chosen.due, due_on=chosen.due_on, happened="snoozed", once_more=True
    )


def _moved(
    follow_up: FollowUp,
    *,
    due: dt.datetime | None,
    due_on: dt.date | None,
    happened: str,
    once_more: bool = False,
) -> FollowUp | None:
    mine = _held(follow_up)
    if mine is None:
        return None
    mine.zone = mine.zone or clock.preferences().zone
    _set_moment(mine, due=due, due_on=due_on)
    mine.sequence += 1
    mine.snoozes += once_more
    mine.confirmed_at = None
    mine.save()
    reminders.take_back([mine.id])
    _record(happened, mine)
    return mine


@transaction.atomic
def confirm(*, follow_up: FollowUp) -> FollowUp | None:
    """The others have said that they come."""
    mine = _held(follow_up)
    if mine is None or mine.confirmed_at is not None:
        return None
    mine.confirmed_at = timezone.now()
    mine.save(update_fields=["confirmed_at"])
    _record("confirmed", mine)
    return mine


@transaction.atomic
def reassign(*, follow_up: FollowUp, lead: Lead | None) -> FollowUp | None:
    """It belongs to somebody else: its words are sealed with their key from now on."""
    mine = _held(follow_up)
    if mine is None:
        return None
    mine.lead = lead
    mine.save(update_fields=["lead"])
    vault.seal_anew(rows=[mine])
    reminders.take_back([mine.id])
    _record("reassigned", mine)
    return mine


def _held(follow_up: FollowUp) -> FollowUp | None:
    """As it stands now, held until the end; None of what has ended meanwhile."""
    return FollowUp.objects.select_for_update().open().filter(id=follow_up.id).first()


def _record(happened: str, follow_up: FollowUp) -> None:
    subject: UUID = follow_up.lead_id or follow_up.id
    data: dict[str, object] = {"follow_up": str(follow_up.id), "kind": follow_up.kind}
    events.record(f"follow_up.{happened}", subject=subject, data=data)
