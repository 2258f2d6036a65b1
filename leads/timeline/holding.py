"""Files and letters of a person: handed out by name, taken away with what lies on disk.

What was said is exported and blanked by leads/people/rights, with the rest of their rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from crm.keep.registry import Holding, Row, register_holding
from crm.vault.errors import Erased
from leads.models import Attachment, OutgoingMessage
from leads.timeline import attachments


def register() -> None:
    # The first takes the place of the rows alone: a file goes with its row, its key is told nobody.
    register_holding(Holding("attachments", "Files", _find_files, _tell_files, _erase_files))
    register_holding(
        Holding("letters", "Letters on their way", _find_letters, _tell_letters, _erase_letters)
    )


def _find_files(subject: UUID) -> list[QuerySet[Any]]:
    return [Attachment.objects.filter(lead=subject).order_by("id")]


def _tell_files(found: Iterable[Attachment]) -> list[Row]:
    return [
        {
            "Name": _read(row, "name"),
            "Media type": row.media_type,
            "Size": row.size,
            "Added": row.made_at,
        }
        for row in found
    ]


def _erase_files(subject: UUID) -> int:
    rows = Attachment.objects.filter(lead=subject)
    ids = list(rows.values_list("id", flat=True))
    rows.delete()
    if ids:
        # A file can't come back with a rollback, so it goes last.
        transaction.on_commit(lambda: attachments.destroy(ids))
    return len(ids)


def _find_letters(subject: UUID) -> list[QuerySet[Any]]:
    return [OutgoingMessage.objects.filter(lead=subject).order_by("id")]


def _tell_letters(found: Iterable[OutgoingMessage]) -> list[Row]:
    return [
        {
            "State": row.get_state_display(),
            "Written": row.made_at,
            "Subject": _read(row, "subject"),
            "Body": _read(row, "body"),
        }
        for row in found
    ]


def _erase_letters(subject: UUID) -> int:
    rows = OutgoingMessage.objects.filter(lead=subject)
    count = rows.count()
    rows.delete()
    return count


def _read(row: Attachment | OutgoingMessage, name: str) -> str:
    try:
        return str(getattr(row, name))
    except Erased:
        return ""
