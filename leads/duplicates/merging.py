"""Leads become one, and come apart again, days later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from crm.audit import undo as undoing
from crm.audit.queries import sharing
from crm.audit.services import operation
from crm.audit.undo import CannotUndo, Report
from crm.events.services import record
from crm.models import Operation
from crm.vault.data_keys import Subject
from crm.vault.services import give_back, hand_over
from leads.duplicates import fields, moving
from leads.models import CustomValue, Lead, Merge

MOST = 10
CUSTOM = "custom:"
SEPARATED = "They are apart again. To make them one, merge them anew."
LATER = "A merge that came later could not be made again; undo that one first."
ERASED = "Somebody in this merge was erased since, and nothing of them can come back."


class CannotMerge(Exception):
    """Nothing has changed; says why in words."""


@transaction.atomic
def merge(*, kept: UUID, gone: Sequence[UUID], chosen: Mapping[str, UUID]) -> Merge:
    """`chosen` says whose value a field takes; a field that is not named stays the kept one's.

    Contact points, tags and all that was said are united; the strictest consent wins.
    """
    keeper, losers = _locked(kept, gone)
    with operation(f"Merge {len(losers) + 1} people", people=len(losers) + 1) as id:
        made = Merge(operation_id=id, kept=keeper, gone=[lead.id for lead in losers])
        made.chosen = {field: str(lead) for field, lead in chosen.items()}
        _choose(keeper, losers, chosen)
        for lead in losers:
            made.keys[str(lead.id)] = [str(key) for key in _keys_to(keeper, lead)]
            made.moved[str(lead.id)] = moving.move(gone=lead, kept=keeper)
            values = {"state": Lead.State.MERGED, "merged_into": keeper}
            Lead.objects.filter(id=lead.id).update(**values)
        _stand(keeper, losers)
        made.save(force_insert=True)
        record("lead.merged", subject=keeper.id, data={"gone": made.gone_ids, "merge": str(id)})
    return made


def _locked(kept: UUID, gone: Sequence[UUID]) -> tuple[Lead, list[Lead]]:
    ids = {kept, *gone}
    if len(ids) != len(gone) + 1 or not 2 <= len(ids) <= MOST:
        raise CannotMerge(f"Choose 2 to {MOST} people.")
    # In one order, so that two merges at once wait for each other instead of both failing.
    rows = Lead.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    found = {lead.id: lead for lead in rows.select_related(*fields.RELATED)}
    there = (Lead.State.PRESENT, Lead.State.ARCHIVED)
    if found.keys() != ids or any(lead.state not in there for lead in found.values()):
        raise CannotMerge("One of them is gone or was merged already. Nothing has changed.")
    return found[kept], [found[id] for id in gone]


def _keys_to(keeper: Lead, lead: Lead) -> list[UUID]:
    return hand_over(source=_subject(lead.id), target=_subject(keeper.id))


def _subject(id: UUID) -> Subject:
    return Subject(Lead._meta.label_lower, id)


def _choose(keeper: Lead, losers: Sequence[Lead], chosen: Mapping[str, UUID]) -> None:
    people = {lead.id: lead for lead in (keeper, *losers)}
    values: dict[str, Any] = {}
    for name, whose in chosen.items():
        if name.startswith(CUSTOM):
            held = CustomValue.objects.filter(lead__in=people, field=int(name[len(CUSTOM) :]))
            held.exclude(lead=whose).delete()
        else:
            field = fields.BY_NAME[name]
            values |= dict(zip(field.columns, field.value(people[whose]), strict=True))
    if values.get("referred_by_id") in people:
        values["referred_by_id"] = None
    values |= _united(keeper, losers)
    differing = {name: value for name, value in values.items() if getattr(keeper, name) != value}
    for name, value in differing.items():
        setattr(keeper, name, value)
    if differing:
        keeper.save(update_fields=[name.removesuffix("_id") for name in differing])


def _united(keeper: Lead, losers: Sequence[Lead]) -> dict[str, Any]:
    people = [keeper, *losers]
    values: dict[str, Any] = {
        name: list(dict.fromkeys(each for lead in people for each in getattr(lead, name)))
        for name in fields.UNITED
    }
    values["arrived_at"] = min(lead.arrived_at for lead in people)
    if any(lead.is_present for lead in people):
        # Whoever is worked with must not go out of every list with an archived double.
        values["state"] = Lead.State.PRESENT
    values["do_not_contact"] = any(lead.do_not_contact for lead in people)
    values["about"] = "\n\n".join(dict.fromkeys(lead.about for lead in people if lead.about))
    private: dict[str, Any] = {}
    for lead in reversed(people):
        private = _over(private, lead.private)
    values["private"] = private
    return values


def _over(under: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """What the one above says wins, also within its parts."""
    both = {name: _over(under[name], above[name]) for name in under.keys() & above.keys()
            if isinstance(under[name], dict) and isinstance(above[name], dict)}  # fmt: skip
    return {**under, **above, **both}


def _stand(*groups: Lead | Sequence[Lead]) -> None:
    """The arrival may be another one now: the database measures the first answer from there."""
    leads = [lead for group in groups for lead in ([group] if isinstance(group, Lead) else group)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_stand(%s)", [[lead.id for lead in leads]])


@transaction.atomic
def unmerge(*, merge: Merge) -> Report:
    """As they were before; what was edited since stays edited, and is listed in the report.

    Merges that came later into the same people are taken back first and then made again, so
    that each comes apart by itself, in any order.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise CannotUndo("This was undone already.")
    later = _later(merge)
    reports = [(each, _take_back(each)) for each in reversed(later)]
    report = _take_back(merge)
    for each, taken in reversed(reports):
        _again(each, taken)
    return report


def _later(merge: Merge) -> list[Merge]:
    """Those after it that touch the same people, or what is between them and others: the first
    first."""
    people, found, shared = {merge.kept_id}, [], sharing(merge.pk)
    standing = Merge.objects.select_for_update().filter(undone_at=None, at__gt=merge.at)
    for each in standing.order_by("at", "pk"):
        theirs = [each.kept_id, *each.gone]
        if people.intersection(theirs) or (each.pk in shared and not _is_erased(theirs)):
            people |= {*theirs}
            shared |= sharing(each.pk)
            found.append(each)
    return found


def _is_erased(people: Iterable[UUID]) -> bool:
    """Whoever is erased stays as they are: what was between them and others is gone as well."""
    return Lead.objects.filter(id__in=people, state=Lead.State.ERASED).exists()


def _take_back(merge: Merge) -> Report:
    people = [merge.kept_id, *merge.gone]
    if _is_erased(people) or Lead.objects.filter(id__in=people).count() != len(people):
        raise CannotUndo(ERASED)
    report = undoing.by_trail(merge.pk)
    kept = Lead.objects.get(id=merge.kept_id)
    for lead in Lead.objects.filter(id__in=merge.gone):
        keys = [UUID(key) for key in merge.keys.get(str(lead.id), ())]
        give_back(keys=keys, to=_subject(lead.id))
        moving.move_back(moved=merge.moved.get(str(lead.id), {}), gone=lead, kept=kept)
    _stand(kept, list(Lead.objects.filter(id__in=merge.gone)))
    Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())
    data: dict[str, object] = {
        "gone": merge.gone_ids,
        "merge": str(merge.pk),
        "leads": [str(kept.id), *merge.gone_ids],
    }
    record("lead.unmerged", subject=kept.id, data=data)
    return report


def _again(earlier: Merge, taken: Report) -> None:
    """With the same choices, but for what the agent has changed since."""
    edited = {
        name
        for left in taken.left
        if left.table == Lead._meta.db_table and left.row_id == str(earlier.kept_id)
        for name in fields.of_columns(left.fields)
    }
    chosen = {name: UUID(id) for name, id in earlier.chosen.items() if name not in edited}
    try:
        merge(kept=earlier.kept_id, gone=earlier.gone, chosen=chosen)
    except CannotMerge as refusal:
        raise CannotUndo(LATER) from refusal


def take_back_operation(operation: UUID) -> Report | None:
    """For the page-wide undo: a merge has keys to give back, which the trail knows nothing of."""
    made = Merge.objects.filter(pk=operation).first()
    if made is not None:
        return unmerge(merge=made)
    if Operation.objects.filter(id=operation, undoes__merge__isnull=False).exists():
        raise CannotUndo(SEPARATED)
    return None
