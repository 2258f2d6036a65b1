"""Files that belong to an entry: sealed on disk, each under a key that lies sealed in its row."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from crm.keep.stream import DamagedError, SealingWriter, opened
from crm.vault.ids import uuid7
from leads.models import Attachment, Interaction
from leads.timeline.media import clean_name, sniffed

MAGIC = b"PORCHLIGHT-ATTACHMENT-1\n"
# As long as an undo may bring its row back.
REMOVED_STAYS = 90 * 86_400
AT_ONCE = 1000


class FileIsGone(Exception):
    """There is a row and no file, as after a restore without the folder of attachments."""


class FileIsDamaged(Exception):
    """The file is not what was written, or belongs to another row."""


def keep(*, interaction: Interaction, files: Iterable[UploadedFile[Any]]) -> list[Attachment]:
    return [_kept(interaction, file) for file in files]


def _kept(interaction: Interaction, file: UploadedFile[Any]) -> Attachment:
    content = file.read()
    key = secrets.token_bytes(32)
    attachment = Attachment(
        id=uuid7(),
        lead_id=interaction.lead_id,
        interaction=interaction,
        name=clean_name(file.name or ""),
        media_type=sniffed(content),
        size=len(content),
        content_key=key.hex(),
    )
    # First the file: a row always has one, and a file without a row is swept away.
    _write(attachment.id, content, key)
    attachment.save(force_insert=True)
    return attachment


def _write(id: UUID, content: bytes, key: bytes) -> None:
    target = place(id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_suffix(".part")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123
        writer = SealingWriter(out, key=key, purpose=_purpose(id), magic=MAGIC)
        writer.write(content)
        writer.close()
        out.flush()
        os.fsync(out.fileno())
    half.replace(target)


def content(attachment: Attachment) -> bytes:
    """Whole, or not at all: nothing is given away before the last byte was checked."""
    key = bytes.fromhex(attachment.content_key)
    try:
        with _found(attachment.id).open("rb") as source:
            sealed = opened(source, key=key, purpose=_purpose(attachment.id), magic=MAGIC)
            return b"".join(sealed)
    except FileNotFoundError:
        raise FileIsGone from None
    except DamagedError:
        raise FileIsDamaged from None


def _purpose(id: UUID) -> str:
    """Bound to its row: a file that was put in another's place does not open."""
    return f"attachment {id}"


def root() -> Path:
    return Path(settings.HOME.attachments)


def place(id: UUID) -> Path:
    return root() / id.hex[-2:] / f"{id}.sealed"


def _removed(id: UUID) -> Path:
    return root() / "removed" / f"{id}.sealed"


def _found(id: UUID) -> Path:
    """Its row may have come back by an undo since the file was put aside."""
    return place(id) if place(id).exists() else _removed(id)


def destroy(ids: Sequence[UUID]) -> int:
    """Erased at once, not put aside."""
    gone = 0
    for id in ids:
        for path in (place(id), _removed(id)):
            if path.exists():
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def sweep(now: float | None = None) -> int:
    """Put aside files whose row is gone, bring back those whose row returned, end old ones."""
    moment = now or time.time()
    changed = 0
    for batch in _batches(root().glob("??/*.sealed")):
        there = _with_rows(batch)
        for id, path in batch.items():
            # One that was just written may wait for its transaction.
            if id not in there and moment - path.stat().st_mtime > 3600:
                _move(path, _removed(id), moment)
                changed += 1
    for batch in _batches((root() / "removed").glob("*.sealed")):
        there = _with_rows(batch)
        for id, path in batch.items():
            if id in there:
                _move(path, place(id), moment)
                changed += 1
            elif moment - path.stat().st_mtime > REMOVED_STAYS:
                path.unlink()
                changed += 1
    for half in root().glob("??/*.part"):
        if moment - half.stat().st_mtime > 3600:
            half.unlink()
    return changed


def _batches(paths: Iterable[Path]) -> Iterator[dict[UUID, Path]]:
    batch: dict[UUID, Path] = {}
    for path in paths:
        with contextlib.suppress(ValueError):
            batch[UUID(path.stem)] = path
        if len(batch) == AT_ONCE:
            yield batch
            batch = {}
    if batch:
        yield batch


def _with_rows(batch: dict[UUID, Path]) -> set[UUID]:
    return set(Attachment.objects.filter(id__in=list(batch)).values_list("id", flat=True))


def _move(path: Path, target: Path, moment: float) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.replace(target)
    os.utime(target, (moment, moment))
