"""Ways to reach a lead: added, changed, made the first of their kind, revealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from crm.audit.services import operation, security_event
from crm.events.services import record
from leads.models import ContactPoint, Lead
from leads.people import reaching


def make(lead: Lead, kind: str, value: str, **fields: Any) -> ContactPoint:
    """The first of its kind is the primary one; the same is not added twice."""
    value = reaching.spelled(kind, value)
    primary = fields.pop("is_primary", False)
    same = ContactPoint.objects.select_for_update().filter(lead=lead, kind=kind)
    others: list[ContactPoint] = list(same)
    for other in others:
        if other.value == value:
            return other
    point = ContactPoint(lead=lead, kind=kind, is_primary=not others, **fields)
    point.value = value
    point.save()
    if primary and others:
        _make_primary(point)
    return point


@transaction.atomic
def add_point(
    *, lead: Lead, kind: str, value: str, label: str = "", network: str = "", primary: bool = False
) -> tuple[ContactPoint, UUID]:
    with operation("Add a way to reach a lead") as id:
        point = make(lead, kind, value, label=label, network=network, is_primary=primary)
        _tell(lead.id)
    return point, id


@transaction.atomic
def change_point(*, point: ContactPoint, values: Mapping[str, Any]) -> UUID | None:
    """`values` may name value, label, network, is_primary and bounced_at."""
    wanted = dict(values)
    primary = wanted.pop("is_primary", point.is_primary)
    if "value" in wanted:
        wanted[point.kind] = reaching.spelled(point.kind, wanted.pop("value"))
    now = ContactPoint.objects.select_for_update().get(id=point.id)
    differing = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    if not differing and primary == now.is_primary:
        return None
    with operation("Change a way to reach a lead") as id:
        for name, value in differing.items():
            setattr(now, name, value)
        if differing:
            now.save(update_fields=list(differing))
        if primary and not now.is_primary:
            _make_primary(now)
        _tell(now.lead_id)
    return id


@transaction.atomic
def make_primary(*, point: ContactPoint) -> UUID | None:
    return change_point(point=point, values={"is_primary": True})


def _make_primary(point: ContactPoint) -> None:
    same = ContactPoint.objects.filter(lead_id=point.lead_id, kind=point.kind)
    same.filter(is_primary=True).exclude(id=point.id).update(is_primary=False)
    same.filter(id=point.id).update(is_primary=True)
    point.is_primary = True


@transaction.atomic
def remove_point(*, point: ContactPoint) -> UUID:
    """The next of its kind becomes the primary one."""
    with operation("Remove a way to reach a lead") as id:
        lead, kind, was_primary = point.lead_id, point.kind, point.is_primary
        ContactPoint.objects.filter(id=point.id).delete()
        if was_primary:
            following = ContactPoint.objects.filter(lead=lead, kind=kind).order_by("id").first()
            if following:
                _make_primary(following)
        _tell(lead)
    return id


@transaction.atomic
def reveal(*, point: ContactPoint, request: HttpRequest) -> str:
    """The full value, for whoever clicked; the click is kept."""
    detail = {"point": str(point.id), "kind": point.kind}
    security_event("reveal", request=request, subject=point.lead_id, detail=detail)
    return point.value


def _tell(lead: UUID) -> None:
    record("lead.changed", subject=lead, data={"fields": ["contact_points"]})
