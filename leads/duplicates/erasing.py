"""Whoever is erased takes along those who became one with them, however many merges ago."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.keep import persons
from crm.keep.registry import Holding, Row, register_holding
from crm.models import Erasure
from crm.vault.data_keys import Subject
from leads.duplicates.queries import in_words
from leads.models import Duplicate, Lead, Merge
from leads.people.rights import exporting


def register() -> None:
    label = "People who became one with them"
    register_holding(Holding("merged", label, _find, _tell, _erase))
    pairs = "Possible duplicates"
    register_holding(Holding("duplicates", pairs, _find_pairs, _tell_pairs, _erase_pairs))


def _merges(kept: UUID) -> QuerySet[Any]:
    return Merge.objects.filter(kept=kept, undone_at=None).order_by("at")


def _gone(merges: Iterable[Merge]) -> list[UUID]:
    return [id for merge in merges for id in merge.gone]


def _find(kept: UUID) -> list[QuerySet[Any]]:
    return [_merges(kept)]


def _tell(merges: list[Merge]) -> list[Row]:
    """Their names; what else was theirs is the kept one's now."""
    there = Lead.objects.filter(id__in=_gone(merges)).exclude(state=Lead.State.ERASED)
    return [{"Name": name} for name in there.values_list("name", flat=True)] if merges else []


def _erase(kept: UUID) -> int:
    """Each as a person of their own: name, trail and whatever key is left."""
    gone = _gone(_merges(kept))
    done = set(Erasure.objects.filter(subject_id__in=gone).values_list("subject_id", flat=True))
    for id in gone:
        if id not in done:
            persons.erase(subject=Subject(Lead._meta.label_lower, id))
    return len(gone)


def _pairs(subject: UUID) -> QuerySet[Any]:
    return Duplicate.objects.filter(Q(one=subject) | Q(other=subject)).order_by("id")


def _find_pairs(subject: UUID) -> list[QuerySet[Any]]:
    return [_pairs(subject).select_related("one", "other")]


def _tell_pairs(found: Sequence[Duplicate]) -> list[Row]:
    told = exporting.rows(found, but=["evidence"])
    return [row | {"Evidence": in_words(pair)} for row, pair in zip(told, found, strict=True)]


def _erase_pairs(subject: UUID) -> int:
    return int(_pairs(subject).delete()[0])
