"""A lead is added, changed, archived and brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone

from crm.audit.services import operation
from crm.events.services import record
from leads.models import Campaign, ContactPoint, Lead, LeadArea, LeadTag, Source, Stage, Tag
from leads.people import naming
from leads.people.services import points
from leads.people.services.custom import set_custom
from properties.models import Area

# Not columns of the lead itself: each has rows of its own.
APART = ("tags", "areas", "custom")
# How an event says that the owner wrote the lead down themselves: to them it is no news.
TYPED = "typed"


@transaction.atomic
def add_lead(
    *,
    name: str,
    kind: str = Lead.Kind.BUYER,
    stage: Stage | None = None,
    source: Source | None = None,
    campaign: Campaign | None = None,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    arrived_at: dt.datetime | None = None,
    origin: str = "",
    **fields: Any,
) -> Lead:
    """`fields` are the lead's other columns, and `tags` (names), `areas` and `custom` values."""
    apart = {what: fields.pop(what) for what in APART if what in fields}
    name = naming.tidy(name)
    given, family = naming.split(name)
    with operation("Add a lead"):
        lead = Lead.objects.create(
            name=name,
            given_name=fields.pop("given_name", given),
            family_name=fields.pop("family_name", family),
            kind=kind,
            stage=stage or Stage.objects.first_of(Stage.Kind.NEW),
            source=source,
            campaign=campaign,
            arrived_at=arrived_at or timezone.now(),
            **fields,
        )
        for phone in phones:
            points.make(lead, ContactPoint.Kind.PHONE, phone)
        for email in emails:
            points.make(lead, ContactPoint.Kind.EMAIL, email)
        _set_apart(lead, apart)
        data: dict[str, object] = {"kind": lead.kind, "source": lead.source_id}
        record("lead.added", subject=lead.id, data=data | ({"origin": origin} if origin else {}))
    return lead


@transaction.atomic
def change_lead(*, lead: Lead, values: Mapping[str, Any]) -> UUID | None:
    """Writes only what differs, so that edits of two tabs meet; answers with the operation."""
    now = Lead.objects.select_for_update().get(id=lead.id)
    apart = {what: values[what] for what in APART if what in values}
    columns = _with_name_parts(now, {k: v for k, v in values.items() if k not in APART})
    differing = {name: value for name, value in columns.items() if getattr(now, name) != value}
    with transaction.atomic(), operation("Change a lead") as id:
        for name, value in differing.items():
            setattr(now, name, value)
            setattr(lead, name, value)
        if differing:
            now.save(update_fields=list(differing))
        changed = [*differing, *_set_apart(now, apart)]
        if changed:
            fields: dict[str, object] = {"fields": sorted(changed)}
            record("lead.changed", subject=lead.id, data=fields)
            return id
        # Nobody wants to undo nothing.
        transaction.set_rollback(True)
    return None


def _with_name_parts(now: Lead, columns: dict[str, Any]) -> dict[str, Any]:
    """A new name has new parts, unless they were corrected by hand or are given as well."""
    if "name" not in columns:
        return columns
    columns = {**columns, "name": naming.tidy(columns["name"])}
    as_guessed = (now.given_name, now.family_name) in (naming.split(now.name), ("", ""))
    if columns["name"] == now.name or not as_guessed:
        return columns
    given, family = naming.split(columns["name"])
    return {"given_name": given, "family_name": family, **columns}


def _set_apart(lead: Lead, apart: Mapping[str, Any]) -> list[str]:
    """Sets tags, areas and custom values; answers which of them differed."""
    setters: dict[str, Callable[[Lead, Any], bool]] = {
        "tags": _set_tags,
        "areas": _set_areas,
        "custom": set_custom_of,
    }
    return [what for what, value in apart.items() if setters[what](lead, value)]


def _set_tags(lead: Lead, names: Iterable[str]) -> bool:
    """By their names; a new one becomes a tag."""
    wanted = {tag.id for tag in map(tag_named, filter(None, map(naming.tidy, names)))}
    has = set(LeadTag.objects.filter(lead=lead).values_list("tag_id", flat=True))
    LeadTag.objects.filter(lead=lead, tag_id__in=has - wanted).delete()
    LeadTag.objects.bulk_create(LeadTag(lead=lead, tag_id=tag) for tag in sorted(wanted - has))
    return wanted != has


def tag_named(name: str) -> Tag:
    name = name[: Tag._meta.get_field("name").max_length]
    # As the database compares them: in some scripts other letters are one than in Python's eyes.
    same = Tag.objects.alias(low=Lower("name")).filter(low=Lower(Value(name)))
    if found := same.first():
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name)
    except IntegrityError:  # another tab was a moment earlier
        return same.get()


def _set_areas(lead: Lead, areas: Iterable[Area]) -> bool:
    """An area that is not saved yet is a new one."""
    wanted = set()
    for area in areas:
        if area.pk is None:
            area.save()
        wanted.add(area.id)
    has = set(LeadArea.objects.filter(lead=lead).values_list("area_id", flat=True))
    LeadArea.objects.filter(lead=lead, area_id__in=has - wanted).delete()
    LeadArea.objects.bulk_create(LeadArea(lead=lead, area_id=area) for area in sorted(wanted - has))
    return wanted != has


def set_custom_of(lead: Lead, values: Mapping[int, Any]) -> bool:
    return bool(set_custom(lead=lead, values=values))


@transaction.atomic
def archive(*, leads: Sequence[Lead]) -> UUID | None:
    """Out of every list, with all that was said kept; brought back as they were. Answers the
    operation, where anybody was not archived yet."""
    return _put(leads, Lead.State.PRESENT, Lead.State.ARCHIVED, "Archive", "archived")


@transaction.atomic
def bring_back(*, leads: Sequence[Lead]) -> UUID | None:
    return _put(leads, Lead.State.ARCHIVED, Lead.State.PRESENT, "Bring back", "returned")


def _put(leads: Sequence[Lead], before: str, after: str, name: str, event: str) -> UUID | None:
    there = Lead.objects.filter(id__in=[lead.id for lead in leads], state=before).order_by("id")
    ids = list(there.select_for_update(no_key=True).values_list("id", flat=True))
    if not ids:
        return None
    with operation(f"{name} a lead" if len(ids) == 1 else f"{name} {len(ids)} leads") as id:
        Lead.objects.filter(id__in=ids).update(state=after)
        if len(ids) == 1:
            record(f"lead.{event}", subject=ids[0], data={})
        else:
            record(f"leads.{event}", subject=id, data={"count": len(ids)}, operation=id)
    for lead in leads:
        if lead.state == before:
            lead.state = after
    return id


@transaction.atomic
def set_do_not_contact(*, lead: Lead, wanted: bool) -> UUID | None:
    return change_lead(lead=lead, values={"do_not_contact": wanted})
