"""One machinery for all lists of names. Each change can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model

from crm.audit.services import operation
from leads.models import CustomField, LeadTag, Tag
from leads.people.names.kinds import Names


class Stays(Exception):
    """Why it can't go, in a sentence."""


@transaction.atomic
def add(*, names: Names, values: Mapping[str, Any]) -> tuple[Any, UUID]:
    """At the end of the list."""
    place = {}
    if names.ordered:
        last = names.model.objects.aggregate(last=Max("order"))["last"]
        place["order"] = (last or 0) + 1
    with operation(f"Add a {names.one}") as id:
        row = names.model.objects.create(**values, **place)
    return row, id


@transaction.atomic
def change(*, names: Names, row: Any, values: Mapping[str, Any]) -> UUID | None:
    now = names.model.objects.select_for_update().get(pk=row.pk)
    differing = {name: value for name, value in values.items() if getattr(now, name) != value}
    if not differing:
        return None
    with operation(f"Change a {names.one}") as id:
        for name, value in differing.items():
            setattr(now, name, value)
        now.save(update_fields=list(differing))
    return id


@transaction.atomic
def move(*, names: Names, row: Model, to: int) -> UUID | None:
    """To this place of the list, counted from nothing. None where it stands there."""
    rows = list(names.model.objects.select_for_update().order_by("order", "id"))
    before = [each.pk for each in rows]
    moved = next(each for each in rows if each.pk == row.pk)
    rows.remove(moved)
    rows.insert(max(0, min(to, len(rows))), moved)
    if [each.pk for each in rows] == before:
        return None
    with operation(f"Move a {names.one}") as id:
        for place, each in enumerate(rows, start=1):
            if each.order != place:
                each.order = place
                each.save(update_fields=["order"])
    return id


@transaction.atomic
def remove(*, names: Names, row: Model) -> UUID | None:
    """None where it is gone already."""
    if not _held(row):
        return None
    if why := names.objection(row):
        raise Stays(why)
    with operation(f"Remove a {names.one}") as id:
        row.delete()
    return id


@transaction.atomic
def merge_tags(*, tag: Tag, into: Tag) -> UUID | None:
    """Who bears the one bears the other afterwards; the first is gone. None where either was."""
    if len(_held(tag, into)) < 2:
        return None
    with operation("Merge two tags") as id:
        bearing = LeadTag.objects.filter(tag=into).values("lead")
        LeadTag.objects.filter(tag=tag).exclude(lead__in=bearing).update(tag=into)
        tag.delete()
    return id


def _held(*rows: Model) -> list[Any]:
    """Whoever is being given one is through by then: else they would have what is nowhere."""
    same = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])
    return list(same.order_by("pk").select_for_update(of=("self",)))


@transaction.atomic
def retire(*, field: CustomField, wanted: bool) -> UUID | None:
    """Shown nowhere any more, with its values kept. None where it is so already."""
    if not any(held.retired is not wanted for held in _held(field)):
        return None
    with operation("Retire a field" if wanted else "Use a field again") as id:
        CustomField.objects.filter(pk=field.pk).update(retired=wanted)
    return id
