"""The rights of a person: everything held on them, handed out or taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit import services as audit
from crm.keep.registry import Row, holdings
from crm.keep.thinning import LONGEST
from crm.keep.together import fetched
from crm.models import Backup, Erasure
from crm.vault.data_keys import Subject
from crm.vault.services import replay_erasures, shred


@dataclass(frozen=True)
class Section:
    """One room's part of what is held."""

    name: str
    label: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Receipt:
    """What an erasure took away, and until when old backups hold the readable rest."""

    erased_at: datetime
    taken: dict[str, int]
    keys: int
    backups_until: datetime | None


def export(subject: UUID) -> list[Section]:
    """All rows come by one statement, however many rooms there are."""
    wanted = [(holding, holding.find(subject)) for holding in holdings()]
    found = iter(fetched([rows for _, each in wanted for rows in each]))
    return [
        Section(holding.name, holding.label, rows)
        for holding, each in wanted
        if (rows := holding.tell(*islice(found, len(each))))
    ]


def preview(subject: UUID) -> dict[str, int]:
    """By label, how much an erasure would take away."""
    return {section.label: len(section.rows) for section in export(subject)}


@transaction.atomic
def erase(*, subject: Subject) -> Receipt:
    """Rooms blank or delete what they hold, the keys are destroyed, the trail is scrubbed."""
    taken = _erase_rows(subject.id)
    erasure = shred(subject=subject)
    audit.scrub(subjects=[subject.id])
    audit.security_event("erase", subject=subject.id, detail={"rows": sum(taken.values())})
    return Receipt(
        erased_at=timezone.now(),
        taken=taken,
        keys=len(erasure.keys),
        backups_until=_backups_until(),
    )


@transaction.atomic
def replay() -> int:
    """After a restore, before anything is served: everybody who was erased is erased again."""
    subjects = list(Erasure.objects.values_list("subject_id", flat=True).distinct())
    for subject in subjects:
        _erase_rows(subject)
    replay_erasures()
    if subjects:
        audit.scrub(subjects=subjects)
    return len(subjects)


def as_json(subject: UUID, sections: Sequence[Section]) -> dict[str, Any]:
    return {
        "subject": str(subject),
        "made_at": timezone.now().isoformat(),
        "held": {section.name: list(section.rows) for section in sections},
    }


def _erase_rows(subject: UUID) -> dict[str, int]:
    taken = {holding.label: holding.erase(subject) for holding in holdings()}
    return {label: count for label, count in taken.items() if count}


def _backups_until() -> datetime | None:
    """The last day on which a backup from before the erasure can still stand."""
    newest = Backup.objects.standing().order_by("-started_at").first()
    return newest.started_at + LONGEST if newest else None
