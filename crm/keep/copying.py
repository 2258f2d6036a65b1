"""Copying the database's log as it is written, so that a lost machine costs minutes, not a day.

A replication slot keeps the log until it was copied, up to a cap (`postgres_settings`): a copy that
fails can't fill the disk. Beyond the cap the strand is broken, and a new one is begun.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from crm.keep import keys, manifest, noting, places, recovery, strands
from crm.keep.base import Base
from crm.keep.manifest import Manifest
from crm.keep.places import MAKING
from crm.keep.strands import BASE, STAMP, End, Strand
from crm.keep.stream import DamagedError
from crm.keep.wal import GoneError, Log, position, words
from crm.runtime.home import Home
from crm.runtime.postgres import SUPERUSER, Server
from crm.runtime.roles import DATABASE
from crm.version import VERSION

SLOT = "porchlight_log"
# All copies of the log together; the oldest go first.
MOST_BYTES = 4 << 30
# Less room than this is left to the database itself.
LEAST_FREE = 512 << 20
# A quarter of what the server keeps at most.
MUCH = 256 << 20
A_DAY, HALF_A_DAY = timedelta(hours=26), timedelta(hours=12)
LATE_FILES = timedelta(seconds=5)

FACTS = """
    SELECT s.system_identifier, c.timeline_id, pg_size_bytes(current_setting('wal_segment_size')),
           pg_current_wal_flush_lsn()::text, current_setting('server_version')
    FROM pg_control_system() s, pg_control_checkpoint() c
"""
REACHED = "SELECT pg_current_wal_flush_lsn()::text"
HELD = "SELECT restart_lsn::text, wal_status FROM pg_replication_slots WHERE slot_name = %s"


class NoRoomError(Exception):
    """The disk of the backups is too full for copies of the log."""


class Copier:
    """One for each running database. `step` copies what is new, and begins a strand when due."""

    def __init__(self, place: Home) -> None:
        self.place, self.server = place, Server(place)
        self.key = recovery.key(recovery.code())
        self.base: Base | None = None
        self.copied_keys, self.keys_at = b"", ""
        self.files_seen = datetime.fromtimestamp(0, UTC)
        self.reached = 0

    def is_much_waiting(self) -> bool:
        """Whether so much was written since that the server might not keep it for us so long."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as database:
            flushed = position(_row(database, REACHED)[0])
        return 0 < self.reached < flushed - MUCH

    def step(self) -> End | None:
        """How far the copies reach now; None while the first strand is being made."""
        strands.root().mkdir(mode=0o700, parents=True, exist_ok=True)
        head = _head()
        with psycopg.connect(self._url("postgres"), autocommit=True) as database:
            system, timeline, size, flushed, version = _row(database, FACTS)
            log, reached = Log(timeline, size), position(flushed)
            moment = keys.now()
            # After the log was asked how far it reaches: what that needs is in this copy.
            self._copy_keys()
            end = End(reached, moment, head, self.keys_at)
            self._refuse_full_disk()
            hold = self._hold(database, log)
            strand = self._strand(str(system), log, hold)
            if strand is not None:
                self._copy(strand, _start(strand, self.key), log, end)
            if self.base is not None:
                # Nothing that it will need has to be kept by the server as long as it takes.
                self._copy_log(self.base.strand, self.base.start_position, log, reached)
            about = {"system": str(system), "server": version}
            strand = self._finished(database, log, head, about) or strand
            if self._base_is_due(strand):
                self._begin(database, log, reached)
            self._let_go(database, log.floor(reached))
            self.reached = reached
        strands.thin(datetime.now(UTC), most=MOST_BYTES)
        return end if strand is not None else None

    def close(self) -> None:
        if self.base is not None:
            self.base.stop()
            self.base.join()
            self.base.give_up()
            self.base = None

    def _hold(self, database: psycopg.Connection[Any], log: Log) -> int:
        """From where on the server still has its log for us; a slot that lost it is made anew."""
        row = database.execute(HELD, [SLOT]).fetchone()
        if row is not None and (row[0] is None or row[1] == "lost"):
            database.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
            row = None
        if row is None:
            database.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
            row = database.execute(HELD, [SLOT]).fetchone()
            # A base that began before has lost the log that it needs.
            self.close()
        assert row is not None  # noqa: S101
        return log.floor(position(row[0]))

    def _strand(self, system: str, log: Log, hold: int) -> Strand | None:
        """The newest one, if it is of this database and nothing is missing behind its end."""
        strand = next(reversed(strands.standing()), None)
        if strand is None:
            return None
        try:
            notes = strand.notes(key=self.key)
        except DamagedError:
            return None
        same = notes["system"] == system and int(notes["timeline"]) == log.timeline
        return strand if same and strand.reach(int(notes["start"])) >= hold else None

    def _copy(self, strand: Strand, start: int, log: Log, end: End) -> None:
        self._copy_log(strand, start, log, end.position)
        self._copy_files(strand)
        strand.set_end(end, key=self.key)

    def _copy_log(self, strand: Strand, start: int, log: Log, upto: int) -> None:
        folder = self.server.data / "pg_wal"
        for first, last in log.cut(strand.reach(start), upto):
            strand.add(first, last, log.read(folder, first, last), key=self.key)
            beginning = max(log.floor(first), start)
            if last % log.size == 0 and strand.parts_of(beginning, last) > 1:
                strand.add(beginning, last, log.read(folder, beginning, last), key=self.key)
                strand.drop_parts(beginning, last)

    def _copy_files(self, strand: Strand) -> None:
        """Attachments are written once and never changed: those that are new since."""
        folder, now = self.place.attachments, datetime.now(UTC)
        since = max(self.files_seen, _files_since(strand, self.key))
        found = [p for p in folder.rglob("*") if p.is_file() and _changed(p) >= since - LATE_FILES]
        if found:
            strand.add_files(now.strftime("%Y%m%dT%H%M%S%fZ"), folder, found, key=self.key)
        self.files_seen = now

    def _copy_keys(self) -> None:
        """The key files and the list of erasures: few, small, and needed as they are today."""
        with psycopg.connect(self._url(DATABASE)) as database:
            data = keys.recent(database)
        if data != self.copied_keys or not keys.recent_place().exists():
            self.keys_at = keys.write_recent(data, key=self.key)
            self.copied_keys = data

    def _base_is_due(self, strand: Strand | None) -> bool:
        if self.base is not None:
            return False
        if strand is None:
            return True
        age = datetime.now(UTC) - strand.began
        long = strand.size - (strand.folder / BASE).stat().st_size > MOST_BYTES // 2
        return long or age > A_DAY or (age > HALF_A_DAY and _newest_backup() > strand.began)

    def _begin(self, database: psycopg.Connection[Any], log: Log, reached: int) -> None:
        size = _row(database, "SELECT sum(pg_database_size(datname))::bigint FROM pg_database")[0]
        self._refuse_full_disk(beside=size // 2)
        name = datetime.now(UTC).strftime(STAMP)
        strand = Strand(strands.root() / f"{name}{MAKING}")
        strand.folder.mkdir(mode=0o700)
        self.base = Base(strand, log.floor(reached), self._tools(), self.key)
        self.base.start()

    def _finished(
        self, database: psycopg.Connection[Any], log: Log, head: str, about: dict[str, str]
    ) -> Strand | None:
        """The strand that the base has become which was being made, if it is ready."""
        base = self.base
        if base is None or base.is_alive():
            return None
        self.base = None
        if base.error:
            base.give_up()
            raise OSError(f"The daily copy of the database failed. {base.error}")
        # Asked after it ended: so far the log must be copied for it to be whole.
        reached = position(_row(database, REACHED)[0])
        moment = keys.now()
        self._copy_keys()
        end = End(reached, moment, head, self.keys_at)
        self.files_seen = datetime.fromtimestamp(0, UTC)
        manifest.write(base.strand.folder, _manifest(base, log, end, about), key=self.key)
        # In a folder that does not count yet: only its new name makes it a strand.
        self._copy(base.strand, base.start_position, log, end)
        final = strands.root() / base.strand.name
        places.make_durable(base.strand.folder, final)
        return Strand(final)

    def _let_go(self, database: psycopg.Connection[Any], upto: int) -> None:
        """What was copied need not be kept, but for the file that is being written."""
        held = position(_row(database, HELD, SLOT)[0])
        if upto > held:
            database.execute("SELECT pg_replication_slot_advance(%s, %s)", [SLOT, words(upto)])

    def _refuse_full_disk(self, *, beside: int = 0) -> None:
        free = shutil.disk_usage(strands.root()).free
        if free < LEAST_FREE + beside:
            raise NoRoomError(
                f"The disk has {free // 2**20} MB left, which is too little for a copy of the log."
            )

    def _url(self, database: str) -> str:
        return self.server.url(SUPERUSER, database)

    def _tools(self) -> dict[str, str]:
        found = psycopg.conninfo.conninfo_to_dict(self._url("postgres"))
        names = {"host": "PGHOST", "user": "PGUSER", "password": "PGPASSWORD"}
        known = {variable: str(found[name]) for name, variable in names.items()}
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **known}


def copied(copier: Copier, tell: Callable[[str], None]) -> bool:
    """One step, and a note of how it went for the pages to read; whether it went well."""
    known = noting.status(copier.place)
    try:
        end = copier.step()
    except (OSError, psycopg.Error, GoneError, NoRoomError, DamagedError) as error:
        tell(f"The log was not copied: {type(error).__name__}")
        note = {**known, "error": _plain(error)}
    else:
        note = {**known, "error": ""} | ({"at": end.at} if end else {})
    # On a full disk the note stays as old as it is, which the pages tell as well.
    with suppress(OSError):
        noting.note(copier.place, note)
    return not note["error"]


def _plain(error: Exception) -> str:
    if isinstance(error, psycopg.Error):
        return "The database did not answer."
    return str(error) or type(error).__name__


def _row(database: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = database.execute(query, values).fetchone()
    assert row is not None  # noqa: S101
    return row


def _manifest(base: Base, log: Log, end: End, about: dict[str, str]) -> Manifest:
    return Manifest(
        made_at=base.strand.began.isoformat(),
        version=VERSION,
        server=about["server"],
        migrations="",
        parts={BASE: manifest.measure(base.strand.folder / BASE)},
        tables={},
        notes={
            "system": about["system"],
            "timeline": str(log.timeline),
            "segment": str(log.size),
            "start": str(base.start_position),
            "whole_at": end.at,
            "audit_head": end.head,
            "files_since": _newest_backup().isoformat(),
        },
    )


def _start(strand: Strand, key: bytes) -> int:
    return int(strand.notes(key=key)["start"])


def _files_since(strand: Strand, key: bytes) -> datetime:
    return datetime.fromisoformat(strand.notes(key=key)["files_since"])


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _head() -> str:
    path = places.head_path()
    return path.read_text() if path.exists() else ""


def _newest_backup() -> datetime:
    """When the newest backup that stands here was begun; long ago where there is none."""
    found = sorted(path.parent.name for path in places.root().glob(f"20*/{manifest.NAME}"))
    if not found:
        return datetime.fromtimestamp(0, UTC)
    return datetime.strptime(found[-1], STAMP).replace(tzinfo=UTC)
