"""Sets of follow-ups that belong together: begun for somebody in one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.followups import clock, services
from leads.models import FollowUp, FollowUpStep, FollowUpTemplate, Lead

Kind = FollowUp.Kind
# Days after, time, kind, title.
DEFAULTS: list[tuple[str, list[tuple[int, dt.time | None, str, str]]]] = [
    (
        "New buyer",
        [
            (0, None, Kind.CALL, "Call and ask what they look for"),
            (1, dt.time(10), Kind.EMAIL, "Send the first homes that fit"),
            (3, dt.time(17), Kind.CALL, "Ask which ones they liked"),
            (7, dt.time(10), Kind.CALL, "Offer a day of showings"),
            (21, None, Kind.TEXT, "See how the search goes"),
        ],
    ),
    (
        "After a showing",
        [
            (0, dt.time(18), Kind.TEXT, "Thank them for coming"),
            (1, dt.time(10), Kind.CALL, "Ask what they thought"),
            (3, None, Kind.EMAIL, "Send two homes that are like it"),
            (7, dt.time(10), Kind.CALL, "Ask whether to see it again"),
        ],
    ),
]


@transaction.atomic
def ensure_defaults() -> None:
    """What a new house begins with; afterwards they are the owner's."""
    if FollowUpTemplate.objects.exists() or FollowUp.objects.exists():
        return
    for order, (name, steps) in enumerate(DEFAULTS, start=1):
        template = FollowUpTemplate.objects.create(name=name, order=order)
        for days, at, kind, title in steps:
            FollowUpStep.objects.create(
                template=template, days_after=days, at=at, kind=kind, title=title
            )


# A second click is no second wish.
AT_ONCE = dt.timedelta(seconds=30)


@transaction.atomic
def begin(*, lead: Lead, template: FollowUpTemplate) -> list[FollowUp]:
    """What was planned; nothing where the same set was begun a moment ago."""
    now, zone = timezone.now(), clock.zone()
    Lead.objects.select_for_update(of=("self",), no_key=True).only("id").get(id=lead.id)
    just_begun = FollowUp.objects.open().filter(lead=lead, made_at__gt=now - AT_ONCE)
    if just_begun.filter(origin=_origin(template)).exists():
        return []
    return [
        services.plan(
            lead=lead, title=step.title, kind=step.kind, priority=step.priority,
            minutes=step.minutes, origin=_origin(template), **when(step, now=now, zone=zone),
        )
        for step in template.steps.all()
    ]  # fmt: skip


def _origin(template: FollowUpTemplate) -> str:
    return f"set:{template.id}"


def when(step: FollowUpStep, *, now: dt.datetime, zone: dt.tzinfo) -> dict[str, Any]:
    """So many days from today; a time that is over by now is tomorrow's."""
    day = clock.day(now, zone) + dt.timedelta(days=step.days_after)
    if step.at is None:
        return {"due_on": day}
    due = clock.at(day, step.at, zone)
    return {"due": due if due > now else clock.at(day + dt.timedelta(days=1), step.at, zone)}
