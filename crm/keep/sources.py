"""What a restore can come from: a backup, or a moment in the copies of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import psycopg
from django.conf import settings

from crm.keep import dump, keys, manifest, recovering, strands, tally, trial
from crm.keep.keys import KeyCopy
from crm.keep.manifest import Manifest
from crm.keep.places import ATTACHMENTS, PASSING_TABLES
from crm.keep.recovering import Moment
from crm.keep.server import address, take_statistics
from crm.keep.strands import Strand
from crm.keep.stream import DamagedError


class Source(Protocol):
    @property
    def what(self) -> str:
        """For a sentence: "the backup of Wed 25 November, 03:00 UTC"."""

    @property
    def head(self) -> str:
        """The head of the audit chain that what comes back must reach to."""

    @property
    def folder(self) -> str:
        """The name of the backup that is given back, if it is one."""

    def put_files(self, folder: Path) -> None:
        """The key files, as they were last copied."""

    def fill(self, database: str) -> None:
        """All rows into an empty database, compared with what they were."""

    def unpack(self, folder: Path) -> None:
        """The attachments."""


@dataclass(frozen=True)
class BackupSource:
    place: Path
    made: Manifest
    copy: KeyCopy
    # Of the last minutes, where the log is copied: key files, and who was erased since.
    recent: KeyCopy | None
    key: bytes

    @property
    def what(self) -> str:
        return f"the backup of {_moment(self.made.made)}, {self.made.rows:,} rows"

    @property
    def head(self) -> str:
        return self.made.notes.get("audit_head", "")

    @property
    def folder(self) -> str:
        return self.place.name

    def put_files(self, folder: Path) -> None:
        if self.recent is not None:
            self.recent.put_files(folder)
        self.copy.put_files(folder)

    def fill(self, database: str) -> None:
        trial.fill(database, self.place, self.made, key=self.key)
        with psycopg.connect(address(database)) as filled:
            self.copy.put_rows(filled)
            if self.recent is not None:
                self.recent.put_rows(filled)

    def unpack(self, folder: Path) -> None:
        dump.unpack(self.place / ATTACHMENTS, folder, key=self.key)


@dataclass(frozen=True)
class MomentSource:
    moment: Moment
    recent: KeyCopy
    # Attachments that were there before the strand began lie in the last backup before it.
    backup: Path | None
    key: bytes

    @property
    def what(self) -> str:
        at = self.moment.until or self.moment.end.moment
        return f"everything up to {_moment(at)}, from the copies of the log"

    @property
    def head(self) -> str:
        return self.moment.head

    @property
    def folder(self) -> str:
        return ""

    def put_files(self, folder: Path) -> None:
        self.recent.put_files(folder)

    def fill(self, database: str) -> None:
        with recovering.recovered(self.moment, settings.HOME, key=self.key) as recovered:
            dump.pour(recovered, database, without_rows_of=PASSING_TABLES)
            take_statistics(database)
            _compare(recovered, database)
        with psycopg.connect(address(database)) as filled:
            self.recent.put_rows(filled)

    def unpack(self, folder: Path) -> None:
        if self.backup is not None:
            dump.unpack(self.backup / ATTACHMENTS, folder, key=self.key)
        self.moment.strand.take_files(folder, key=self.key)


def find(
    place: Path, *, key: bytes, key_copy: Path | None = None, until: datetime | None = None
) -> Source:
    """A backup's folder is that backup; the folder of them all is the newest state in it."""
    if (place / manifest.NAME).is_file():
        return _backup(place, place.parent, key=key, key_copy=key_copy)
    backup = _newest(place)
    strand = _strand(place, until, key)
    if strand is None or (until is None and backup is not None and _is_older(strand, backup, key)):
        if backup is None or until is not None:
            raise DamagedError(_nothing(place, until))
        return _backup(backup, place, key=key, key_copy=key_copy)
    return _moment_source(strand, place, until, key=key, key_copy=key_copy)


def _backup(folder: Path, place: Path, *, key: bytes, key_copy: Path | None) -> BackupSource:
    made = manifest.read(folder, key=key)
    copy = keys.read(key_copy or _keys_folder(place, None) / keys.NAME, key=key)
    copy.demand(made.made_at)
    recent = _keys_folder(place, key_copy) / keys.RECENT
    found = keys.read_recent(recent, key=key) if recent.is_file() else None
    return BackupSource(folder, made, copy, found, key)


def _moment_source(
    strand: Strand, place: Path, until: datetime | None, *, key: bytes, key_copy: Path | None
) -> MomentSource:
    moment = recovering.read(strand, key=key, until=until)
    backup = _newest(place)
    since = datetime.fromisoformat(moment.notes["files_since"])
    if backup is not None:
        manifest.read(backup, key=key)
    if since.year > 1970 and (backup is None or _made(backup) < since):
        raise DamagedError("The backup that holds the older attachments is missing.")
    copy = keys.read_recent(_keys_folder(place, key_copy) / keys.RECENT, key=key)
    copy.demand(moment.end.keys_at)
    return MomentSource(moment, copy, backup, key)


def _strand(place: Path, until: datetime | None, key: bytes) -> Strand | None:
    """The newest strand, or the newest that was whole before the moment that is wanted."""
    for strand in reversed(strands.standing(place)):
        if until is None or strand.whole_at(key=key) <= until:
            return strand
    return None


def _is_older(strand: Strand, backup: Path, key: bytes) -> bool:
    """Where the log is not copied any more, the last backup holds more."""
    return strand.end(key=key).moment < _made(backup)


def _made(backup: Path) -> datetime:
    return datetime.strptime(backup.name, strands.STAMP).replace(tzinfo=UTC)


def _newest(place: Path) -> Path | None:
    found = sorted(path.parent for path in place.glob(f"20*/{manifest.NAME}"))
    return found[-1] if found else None


def _nothing(place: Path, until: datetime | None) -> str:
    if until is None:
        return f"There is no backup at {place}."
    found = strands.standing(place)
    since = f"they begin on {_moment(found[0].began)}" if found else "there are none"
    return (
        f"The copies of the log don't reach back to {_moment(until)}: {since}. "
        "Name the folder of an older backup instead."
    )


def _keys_folder(place: Path, key_copy: Path | None) -> Path:
    if key_copy is not None:
        return key_copy.parent
    beside = place / "keys"
    return beside if beside.is_dir() else Path(settings.KEY_BACKUPS)


def _compare(recovered: str, database: str) -> None:
    passing = frozenset(PASSING_TABLES)
    with (
        psycopg.connect(recovered) as before,
        psycopg.connect(address(database)) as after,
    ):
        wanted = tally.tables(before, without=passing)
        found = tally.tables(after, without=passing)
    if wrong := tally.differences(wanted, found):
        raise DamagedError(" ".join(wrong[:3]))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%a %-d %B, %H:%M} UTC"
