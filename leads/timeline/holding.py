"""What the timeline holds on a person: handed out as it is read, taken away with its files."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from crm.keep.registry import Holding, Row, register_holding
from crm.vault.errors import Erased
from leads.models import Attachment, Interaction, OutgoingMessage
from leads.timeline import attachments

SAID = (
    "kind", "direction", "outcome", "minutes", "sentiment", "feedback", "automatic", "origin",
)  # fmt: skip


def register() -> None:
    register_holding(Holding("timeline", "What was said and done", _entries, _erase_entries))
    register_holding(Holding("files", "Files", _files, _erase_files))
    register_holding(Holding("letters", "Letters on their way", _letters, _erase_letters))


def _entries(subject: UUID) -> list[Row]:
    rows = Interaction.objects.filter(lead=subject).select_related("listing").defer("words")
    return [
        {
            "at": row.at.isoformat(),
            **{name: getattr(row, name) for name in SAID if getattr(row, name)},
            "listing": str(row.listing) if row.listing else "",
            "subject": _read(row, "subject"),
            "body": _read(row, "body"),
        }
        for row in rows.order_by("at", "id").iterator(chunk_size=500)
    ]


def _erase_entries(subject: UUID) -> int:
    rows = Interaction.objects.filter(lead=subject)
    _destroy_after_commit(subject)
    count = rows.count()
    rows.delete()
    return count


def _files(subject: UUID) -> list[Row]:
    return [
        {
            "name": _read(row, "name"),
            "media_type": row.media_type,
            "size": row.size,
            "made_at": row.made_at.isoformat(),
            "id": str(row.id),
        }
        for row in Attachment.objects.filter(lead=subject).order_by("id")
    ]


def _erase_files(subject: UUID) -> int:
    rows = Attachment.objects.filter(lead=subject)
    _destroy_after_commit(subject)
    count = rows.count()
    rows.delete()
    return count


def _destroy_after_commit(subject: UUID) -> None:
    """A file can't come back with a rollback, so it goes last."""
    ids = list(Attachment.objects.filter(lead=subject).values_list("id", flat=True))
    if ids:
        transaction.on_commit(lambda: attachments.destroy(ids))


def _letters(subject: UUID) -> list[Row]:
    return [
        {
            "state": row.state,
            "made_at": row.made_at.isoformat(),
            "subject": _read(row, "subject"),
            "body": _read(row, "body"),
        }
        for row in OutgoingMessage.objects.filter(lead=subject).order_by("id")
    ]


def _erase_letters(subject: UUID) -> int:
    rows = OutgoingMessage.objects.filter(lead=subject)
    count = rows.count()
    rows.delete()
    return count


def _read(row: Interaction | Attachment | OutgoingMessage, name: str) -> str:
    try:
        return str(getattr(row, name))
    except Erased:
        return ""
