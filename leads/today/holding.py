"""For what reasons of Today a person was sent away, for their rights (crm/keep)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from crm.keep.registry import Holding, Row, register_holding
from leads.models import PutOff
from leads.people.rights import exporting
from leads.today.rules import rules


def register() -> None:
    register_holding(Holding("put_off", "Put off", _find, _tell, _erase))


def _find(subject: UUID) -> list[QuerySet[Any]]:
    return [PutOff.objects.filter(lead=subject).order_by("id")]


def _tell(found: Sequence[PutOff]) -> list[Row]:
    labels = {rule.name: rule.label for rule in rules()}
    told = exporting.rows(found, but=["lead", "rule"])
    return [
        {"Reason": labels.get(put_off.rule, put_off.rule)} | row if put_off.rule else row
        for row, put_off in zip(told, found, strict=True)
    ]


def _erase(subject: UUID) -> int:
    return int(PutOff.objects.filter(lead=subject).delete()[0])
