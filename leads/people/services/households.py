"""Who looks for one home together, and what people are to each other."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Household, Lead, Relationship

LONGEST = 200


@transaction.atomic
def join_household(*, lead: Lead, other: Lead, relationship: str = "") -> UUID:
    """Both live in one household from now on; the one that is there already takes the other in."""
    with operation("Join a household") as id:
        one, two = _held(lead), _held(other)
        home = two or one or _new(lead, other)
        for each in sorted((lead, other), key=lambda one: one.id):
            _put(each, home)
        if one is not None and one != home:
            _end_if_alone(one)
        if relationship:
            _relate(lead, other, relationship)
    return id


def _held(lead: Lead) -> Household | None:
    """As it is now: another tab may have ended it meanwhile."""
    homes = Household.objects.select_for_update(of=("self",))
    lead.household = homes.filter(members=lead.id).first()
    return lead.household


def _new(lead: Lead, other: Lead) -> Household:
    families = dict.fromkeys(filter(None, (lead.family_name, other.family_name)))
    name = " and ".join(families) or f"{lead.name} and {other.name}"
    return Household.objects.create(name=name[:LONGEST])


def _put(lead: Lead, home: Household | None) -> None:
    if lead.household_id == (home.id if home else None):
        return
    Lead.objects.filter(id=lead.id).update(household=home)
    lead.household = home
    record("lead.changed", subject=lead.id, data={"fields": ["household"]})


@transaction.atomic
def leave_household(*, lead: Lead) -> UUID:
    with operation("Leave a household") as id:
        home = _held(lead)
        _put(lead, None)
        if home is not None:
            _end_if_alone(home)
    return id


def _end_if_alone(home: Household) -> None:
    """One person alone is no household."""
    left = list(Lead.objects.filter(household=home)[:2])
    if len(left) < 2:
        for last in left:
            _put(last, None)
        home.delete()


@transaction.atomic
def relate(*, lead: Lead, other: Lead, kind: str) -> UUID:
    """`other` is the `kind` of `lead`: her spouse, his lawyer."""
    with operation("Note a relationship") as id:
        _relate(lead, other, kind)
    return id


def _relate(lead: Lead, other: Lead, kind: str) -> None:
    told_from_there = Relationship.objects.filter(
        lead=other,
        other=lead,
        kind=Relationship.MIRRORED.get(kind, kind),  # type: ignore[call-overload]
    )
    if not told_from_there.exists():
        Relationship.objects.get_or_create(lead=lead, other=other, kind=kind)
        record("lead.changed", subject=lead.id, data={"fields": ["relationships"]})


@transaction.atomic
def unrelate(*, relationship: Relationship) -> UUID:
    with operation("Take back a relationship") as id:
        lead = relationship.lead_id
        Relationship.objects.filter(id=relationship.id).delete()
        record("lead.changed", subject=lead, data={"fields": ["relationships"]})
    return id
