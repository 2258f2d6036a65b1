"""Making, trying and thinning backups."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone

from crm.keep import dump, keys, manifest, recovery, tally, telling
from crm.keep.manifest import Manifest
from crm.keep.places import (
    ATTACHMENTS,
    DATABASE,
    MAKING,
    PASSING_TABLES,
    head_path,
    make_durable,
    root,
)
from crm.keep.server import address
from crm.keep.thinning import staying
from crm.models import Backup

LEFT_OUT = (*keys.KEY_TABLES, *PASSING_TABLES)

LOCK = 0x504C_6B65_6570


class NoRoomError(Exception):
    """The disk is too full for a backup."""


class BusyError(Exception):
    """Another backup is being made."""


def make(*, kind: Backup.Kind) -> Backup:
    """A new backup: all of it or nothing, and a row that says which."""
    with _alone():
        forget_interrupted()
        return _make(kind)


def _make(kind: Backup.Kind) -> Backup:
    started = timezone.now()
    backup = Backup.objects.create(kind=kind, folder=_free_name(started), started_at=started)
    try:
        made = write(started, backup.folder)
    except Exception as error:
        _failed(backup, error)
        raise
    _written(backup, made)
    thin()
    return backup


def _free_name(started: datetime) -> str:
    """By the second, and by a later one where that has its backup already."""
    name = started.strftime("%Y-%m-%dT%H%M%SZ")
    taken = Backup.objects.filter(folder=name).exists()
    return _free_name(started + timedelta(seconds=1)) if taken else name


def thin() -> list[str]:
    """Take away the backups that the plan of 7 daily, 4 weekly, 12 monthly doesn't keep."""
    rows = {backup.started_at: backup for backup in Backup.objects.standing()}
    going = [rows[moment] for moment in rows.keys() - staying(rows)]
    for backup in going:
        shutil.rmtree(root() / backup.folder, ignore_errors=True)
        backup.thinned_at = timezone.now()
        backup.save(update_fields=["thinned_at"])
    return [backup.folder for backup in going]


def forget_interrupted() -> int:
    """Backups that a power cut ended: their half-made files go, their rows say so."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    for leftover in root().glob(f"*{MAKING}"):
        shutil.rmtree(leftover, ignore_errors=True)
    return Backup.objects.filter(state=Backup.State.RUNNING).update(
        state=Backup.State.FAILED,
        finished_at=timezone.now(),
        error="It was interrupted before its end.",
    )


def settle_rows(*, restored: str) -> None:
    """After a restore: what came back was being made when it was copied, and of the others the
    rows came along, but perhaps not the files."""
    now = timezone.now()
    Backup.objects.filter(folder=restored, state=Backup.State.RUNNING).update(
        state=Backup.State.VERIFIED, finished_at=now, verified_at=now
    )
    forget_interrupted()
    for backup in Backup.objects.standing():
        if not (root() / backup.folder).is_dir():
            backup.thinned_at = now
            backup.save(update_fields=["thinned_at"])


def write(started: datetime, folder: str) -> Manifest:
    key = recovery.key(recovery.code())
    making = root() / f"{folder}{MAKING}"
    making.mkdir(mode=0o700, parents=True)
    try:
        # Before the snapshot: the chain in it then reaches at least to this head.
        head = head_path().read_text() if head_path().exists() else ""
        with _snapshot() as (database, snapshot):
            _refuse_full_disk(database)
            keys.write(database, key=key)
            dump.dump(making / DATABASE, key=key, snapshot=snapshot, without_rows_of=LEFT_OUT)
            tables = tally.tables(database, without=frozenset(LEFT_OUT))
            notes = _notes(database, head)
        dump.pack(Path(settings.HOME.attachments), making / ATTACHMENTS, key=key)
        made = Manifest(
            made_at=started.isoformat(),
            version=settings.VERSION,
            parts={name: manifest.measure(making / name) for name in (DATABASE, ATTACHMENTS)},
            tables=tables,
            **notes,
        )
        manifest.write(making, made, key=key)
        make_durable(making, root() / folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return made


@contextmanager
def _alone() -> Iterator[None]:
    """One backup at a time, on however many machines; a killed one frees its place by itself."""
    with psycopg.connect(address(), autocommit=True) as database:
        row = database.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if not (row and row[0]):
            raise BusyError("Another backup is being made at this moment.")
        yield


@contextmanager
def _snapshot() -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """One moment of the database, the same for the dump, the sums and the keys."""
    with psycopg.connect(address()) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = database.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101
        yield database, row[0]


def _notes(database: psycopg.Connection[Any], head: str) -> dict[str, Any]:
    rows = database.execute(
        "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"
    )
    return {
        "server": database.info.parameter_status("server_version") or "",
        "migrations": json.dumps(dict(rows.fetchall())),
        "notes": {"audit_head": head, "left_out": " ".join(LEFT_OUT)},
    }


def _refuse_full_disk(database: psycopg.Connection[Any]) -> None:
    row = database.execute("SELECT pg_database_size(current_database())").fetchone()
    # A packed dump takes a fraction; half of the database's size leaves a margin.
    needed = (row[0] if row else 0) // 2
    free = shutil.disk_usage(root()).free
    if free < needed:
        raise NoRoomError(
            f"A backup needs about {needed // 2**20} MB and the disk has {free // 2**20} MB left."
        )


def _written(backup: Backup, made: Manifest) -> None:
    backup.state = Backup.State.WRITTEN
    backup.finished_at = timezone.now()
    backup.rows, backup.bytes = made.rows, made.bytes
    backup.save(update_fields=["state", "finished_at", "rows", "bytes"])
    telling.written()


def _failed(backup: Backup, error: Exception) -> None:
    backup.state = Backup.State.FAILED
    backup.finished_at = timezone.now()
    backup.error = str(error) or type(error).__name__
    backup.save(update_fields=["state", "finished_at", "error"])
    telling.failed(backup)
