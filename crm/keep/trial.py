"""Trying a backup: restore it beside the real database, compare each row, open what it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone

from crm.keep import keys, manifest, recovering, recovery, strands, tally, telling
from crm.keep.manifest import Manifest, Tally
from crm.keep.places import DATABASE, root
from crm.keep.refill import each_hand, refill, shared
from crm.keep.server import (
    ToolError,
    address,
    database_url,
    scratch_database,
    take_statistics,
    url_of,
)
from crm.keep.stream import DamagedError
from crm.models import Backup


def verify(backup: Backup) -> None:
    """Raises DamagedError, in words, when the backup would not give back what was backed up."""
    try:
        check(root() / backup.folder, code=recovery.code())
    except (DamagedError, ToolError, psycopg.Error) as error:
        backup.state = Backup.State.FAILED
        backup.error = str(error) or "It could not be verified."
        backup.save(update_fields=["state", "error"])
        telling.not_verified(backup)
        raise DamagedError(backup.error) from error
    backup.state, backup.verified_at = Backup.State.VERIFIED, timezone.now()
    backup.save(update_fields=["state", "verified_at"])
    telling.verified(backup)


def check(folder: Path, *, code: str) -> Manifest:
    key = recovery.key(code)
    made = manifest.read(folder, key=key)
    copy = keys.read(keys.place(), key=key)
    copy.demand(made.made_at)
    with scratch_database() as scratch, tempfile.TemporaryDirectory() as apart:
        fill(scratch, folder, made, key=key)
        copy.put_files(Path(apart))
        put_head(made.notes.get("audit_head", ""), Path(apart))
        with psycopg.connect(address(scratch)) as database:
            copy.put_rows(database)
        _open(database_url(scratch), Path(apart))
    return made


def check_log(*, code: str) -> datetime:
    """Make a database of the newest copies of the log and open it; answers how far it reaches."""
    key = recovery.key(code)
    strand = next(reversed(strands.standing()), None)
    if strand is None:
        raise DamagedError("There are no copies of the log yet.")
    moment = recovering.read(strand, key=key)
    copy = keys.read_recent(keys.recent_place(), key=key)
    copy.demand(moment.end.keys_at)
    with (
        tempfile.TemporaryDirectory() as apart,
        recovering.recovered(moment, settings.HOME, key=key) as recovered,
    ):
        copy.put_files(Path(apart))
        put_head(moment.head, Path(apart))
        _open(url_of(recovered), Path(apart))
    return moment.end.moment


def fill(database: str, folder: Path, made: Manifest, *, key: bytes) -> None:
    """Restore the dump into an empty database and compare every table with the manifest."""
    rows = {name: each.rows for name, each in made.tables.items()}
    refill(folder / DATABASE, key=key, database=database, rows=rows)
    take_statistics(database)
    found = _tallied(database, rows, without=made.left_out)
    if wrong := tally.differences(made.tables, found):
        raise DamagedError(" ".join(wrong[:3]))


def _tallied(database: str, rows: dict[str, int], *, without: frozenset[str]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}

    def tally_each(tables: list[str]) -> None:
        with psycopg.connect(address(database)) as restored:
            found.update({name: tally.tally(restored, name) for name in tables})

    with psycopg.connect(address(database)) as restored:
        names = set(tally.names(restored)) - without
    each_hand(tally_each, shared(names, lambda name: rows.get(name, 0)))
    return found


def put_head(head: str, folder: Path) -> None:
    """The head of the audit chain as it was when the backup was made."""
    target = folder / "audit-head.json"
    if head and not target.exists():
        target.touch(mode=0o600)
        target.write_text(head, encoding="utf-8")


def _open(url: str, apart: Path) -> None:
    """By a process that has the restored database for its own, and the keys that came with it."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "PORCHLIGHT_KEYS": str(apart),
    }
    command = [sys.executable, "-m", "crm.keep.opening"]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise DamagedError(f"The restored copy does not open: {said[-1] if said else '?'}")
