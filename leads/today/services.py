from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from crm.audit.services import operation
from crm.events.services import record
from crm.notify import live
from leads.followups import services as followups
from leads.models import FollowUp, Lead, PutOff, TodayWeight
from leads.today.day import Day
from leads.today.queue import Reason, found_today, ranked_people
from leads.today.rules import rules

# What open pages hear when somebody may have come to Today or left it.
NEWS = "today"


@transaction.atomic
def put_off(*, lead: Lead, until: dt.datetime, day: Day, rule: str = "") -> UUID:
    """Away from Today until then, for one reason or for all."""
    with operation("Snooze somebody") as done:
        _put_off(lead, rule, until, day)
        _tell(lead, "lead.put_off", {"rule": rule})
    return done


def _put_off(lead: Lead, rule: str, until: dt.datetime, day: Day) -> None:
    PutOff.objects.update_or_create(
        lead=lead, rule=rule, defaults={"until": until, "made_at": day.now}
    )


@transaction.atomic
def done(*, lead: Lead, day: Day) -> UUID | None:
    """Ends what was due, confirms what was to confirm, lets the rest rest; None if nothing is.

    That is, what Today says of them: a second follow-up behind the first comes up next.
    """
    ranked = ranked_people(found_today(day, lead=lead.id))
    if not ranked:
        return None
    [reasons] = ranked
    with operation("Done for today") as made:
        for reason in reasons:
            _end(reason, lead, day)
        _tell(lead, "lead.done", {"reasons": sorted(each.rule.name for each in reasons)})
    return made


def _end(reason: Reason, lead: Lead, day: Day) -> None:
    if reason.rule.ends == "rest":
        _put_off(lead, reason.rule.name, day.after(reason.rule.rests), day)
        return
    follow_up = FollowUp.objects.get(id=str(reason.found.thing))
    if reason.rule.ends == "finish":
        followups.finish(follow_up=follow_up)
    else:
        followups.confirm(follow_up=follow_up)


def _tell(lead: Lead, kind: str, data: dict[str, object]) -> None:
    record(kind, subject=lead.id, data=data)
    live.tell(NEWS, {})


@transaction.atomic
def save_weights(*, weights: Mapping[str, int]) -> UUID | None:
    """Keeps what differs from the reasons' own."""
    before = dict(TodayWeight.objects.values_list("rule", "weight"))
    own = {rule.name: rule.weight for rule in rules()}
    chosen = {rule: weight for rule, weight in weights.items() if weight != own.get(rule)}
    if chosen == before:
        return None
    with operation("Change the weights of Today") as done:
        TodayWeight.objects.exclude(rule__in=chosen).delete()
        for rule, weight in chosen.items():
            if before.get(rule) != weight:
                TodayWeight.objects.update_or_create(rule=rule, defaults={"weight": weight})
    live.tell(NEWS, {})
    return done
