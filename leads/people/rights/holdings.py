"""What is held on a lead, and what an erasure does to it.

Contact data, notes and names go; that somebody was there, when they were called and what was
earned stays for the sums, on a row that names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q, QuerySet

from crm.audit.services import scrub_rows
from crm.keep.registry import Holding, Row, register_holding
from crm.vault.fields import as_stored
from leads.models import (
    Attachment,
    Consent,
    ContactPoint,
    CustomValue,
    Deal,
    FollowUp,
    Household,
    Interaction,
    Lead,
    LeadArea,
    LeadTag,
    Relationship,
    StageChange,
)
from leads.people import custom_fields
from leads.people.rights import exporting

NAME = "Erased person"
MOST_NAMED, LONGEST = 3, 200
# What a lead points to.
NAMED = (
    "stage", "source", "campaign", "profile", "household", "referred_by", "merged_into",
)  # fmt: skip
BLANK: dict[str, Any] = {
    "name": NAME, "given_name": "", "family_name": "", "language": "", "zone": "",
    "birthday_month": None, "birthday_day": None, "home_since": None, "referred_by": None,
    "must_have": [], "nice_to_have": [], "merged_into": None, "household": None,
}  # fmt: skip


def register() -> None:
    for holding in HOLDINGS:
        register_holding(holding)


def persons(subject: UUID) -> Any:
    """The lead, and those who were merged into them."""
    return Lead.objects.filter(Q(id=subject) | Q(merged_into=subject))


def _find_lead(subject: UUID) -> list[QuerySet[Any]]:
    found = persons(subject).exclude(state=Lead.State.ERASED).order_by("id")
    return [found.select_related(*NAMED)]


def _tell_lead(found: list[Lead]) -> list[Row]:
    told = exporting.rows(found, but=["private"])
    for row, lead in zip(told, found, strict=True):
        private = [held for held in custom_fields.held(lead) if held.field.private and held.shown]
        row.update({held.field.name: held.shown for held in private})
    return told


def _erase_lead(subject: UUID) -> int:
    found = persons(subject)
    count = found.exclude(state=Lead.State.ERASED).count()
    homes = list(found.exclude(household=None).values_list("household_id", flat=True))
    with as_stored():
        found.update(state=Lead.State.ERASED, about=None, private=None, **BLANK)
    _forget_homes(homes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_forget_why(%s)", [subject])
    return int(count)


def _forget_homes(ids: list[int]) -> None:
    """One person alone is no household; one of several is called after those who are left."""
    for home in Household.objects.filter(id__in=ids):
        left = Lead.objects.filter(household=home).order_by("id")
        names = dict.fromkeys(lead.family_name or lead.name for lead in left[:MOST_NAMED])
        if left.count() < 2:
            home.delete()
        else:
            home.name = " and ".join(names)[:LONGEST]
            home.save(update_fields=["name"])
    scrub_rows(table=Household._meta.db_table, ids=list(map(str, ids)))


def _find_interactions(subject: UUID) -> list[QuerySet[Any]]:
    return [Interaction.objects.filter(lead=subject).select_related("listing").order_by("at", "id")]


def _tell_rows(found: Iterable[models.Model]) -> list[Row]:
    return exporting.rows(found, but=["lead"])


def _erase_interactions(subject: UUID) -> int:
    with as_stored():
        return int(
            Interaction.objects.filter(lead=subject).update(
                subject=None, body=None, words=[], sentiment="", feedback="", listing=None
            )
        )


def _find_changes(subject: UUID) -> list[QuerySet[Any]]:
    return [StageChange.objects.filter(lead=subject).order_by("id")]


def _tell_changes(found: Iterable[StageChange]) -> list[Row]:
    return [{"When": change.at, "Why": change.why} for change in found if change.why]


def _nothing_more(_subject: UUID) -> int:
    """Blanked with the lead's own row."""
    return 0


def _whole(
    name: str, label: str, model: Any, *relations: str, erase: bool = True, by: str = "lead"
) -> Holding:
    """Rows that go as a whole, or stay as a whole where `erase` says so."""

    def find(subject: UUID) -> list[QuerySet[Any]]:
        found = _of(model, by.split(), subject).select_related(*relations or [None])
        return [found.order_by(*model._meta.ordering or ["pk"])]

    def gone(subject: UUID) -> int:
        return int(_of(model, by.split(), subject).delete()[0])

    stays: Callable[[UUID], int] = _nothing_more
    return Holding(name, label, find, _tell_rows, gone if erase else stays)


def _of(model: Any, columns: Iterable[str], subject: UUID) -> QuerySet[Any]:
    wanted = Q()
    for column in columns:
        wanted |= Q(**{column: subject})
    found: QuerySet[Any] = model._base_manager.filter(wanted)
    return found


HOLDINGS = [
    Holding("lead", "Who they are and what they look for", _find_lead, _tell_lead, _erase_lead),
    _whole("contact_points", "Ways to reach them", ContactPoint),
    _whole("consents", "What they agreed to", Consent),
    _whole("custom_values", "Your own fields", CustomValue, "field"),
    _whole("tags", "Tags", LeadTag, "tag"),
    _whole("areas", "Areas", LeadArea, "area"),
    _whole("relationships", "Who belongs to them", Relationship, "other", "lead", by="lead other"),
    _whole("attachments", "Files", Attachment, "interaction"),
    Holding("interactions", "What was said", _find_interactions, _tell_rows, _erase_interactions),
    _whole("follow_ups", "Follow-ups", FollowUp, "listing"),
    Holding("stage_changes", "Why they moved on", _find_changes, _tell_changes, _nothing_more),
    _whole("deals", "Deals", Deal, "listing", erase=False),
]
