"""Whoever is erased takes along those who became one with them, however many merges ago."""

from __future__ import annotations

from uuid import UUID

from crm.keep import persons
from crm.keep.registry import Holding, Row, register_holding
from crm.models import Erasure
from crm.vault.data_keys import Subject
from leads.models import Lead, Merge


def register() -> None:
    label = "People who became one with them"
    register_holding(Holding("merged", label, _rows, _erase))


def _gone(kept: UUID) -> list[UUID]:
    merges = Merge.objects.filter(kept=kept, undone_at=None).order_by("at")
    return [id for gone in merges.values_list("gone", flat=True) for id in gone]


def _rows(kept: UUID) -> list[Row]:
    """Their names; what else was theirs is the kept one's now."""
    there = Lead.objects.filter(id__in=_gone(kept)).exclude(state=Lead.State.ERASED)
    return [{"Name": name} for name in there.values_list("name", flat=True)]


def _erase(kept: UUID) -> int:
    """Each as a person of their own: name, trail and whatever key is left."""
    gone = _gone(kept)
    done = set(Erasure.objects.filter(subject_id__in=gone).values_list("subject_id", flat=True))
    for id in gone:
        if id not in done:
            persons.erase(subject=Subject(Lead._meta.label_lower, id))
    return len(gone)
