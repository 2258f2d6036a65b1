"""A database as it was at a moment: from a strand, in a server of its own for a while."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from crm.keep import dump, strands
from crm.keep.server import OPTIONS
from crm.keep.strands import BASE, End, Strand
from crm.keep.stream import DamagedError
from crm.keep.wal import Log
from crm.runtime import cluster, folders, processes
from crm.runtime.account import engine_account
from crm.runtime.binaries import postgres_major, postgres_program
from crm.runtime.home import Home
from crm.runtime.postgres import PATIENCE, SUPERUSER
from crm.runtime.postgres_settings import arguments
from crm.runtime.roles import DATABASE

# Whoever runs the restore, by the system's own word, and nobody else.
ACCESS = "local all all peer map=restoring\n"
TOO_EARLY = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True)
class Moment:
    """What is asked of a strand: the newest state that it holds, or an earlier one."""

    strand: Strand
    end: End
    notes: dict[str, str]
    until: datetime | None = None

    @property
    def head(self) -> str:
        """The newest head of the audit chain that the state must reach to."""
        return self.notes["audit_head"] if self.until else self.end.head


def read(strand: Strand, *, key: bytes, until: datetime | None = None) -> Moment:
    made = strand.checked(key=key)
    if made.server.split(".")[0] != postgres_major():
        raise DamagedError(
            f"The copies of the log were made by PostgreSQL {made.server} and this Porchlight "
            f"brings {postgres_major()}. Restore with the version that made them, or name the "
            "folder of a backup."
        )
    end = strand.end(key=key)
    # Past its end there is nothing to stop at.
    wanted = until if until is not None and until < end.moment else None
    return Moment(strand, end, made.notes, wanted)


@contextmanager
def recovered(moment: Moment, place: Home, *, key: bytes) -> Iterator[str]:
    """The address of a server with that state in it, for as long as it is wanted."""
    folder = place.postgres / "recovering"
    _clear(folder)
    sockets = folders.scratch()
    try:
        folders.ours(place.postgres, account=engine_account())
        folders.ours(folder, account=engine_account())
        _unpack(moment, folder, key=key)
        run = folders.ours(sockets / "run", account=engine_account())
        process = _started(folder, run, moment.until)
        try:
            yield psycopg.conninfo.make_conninfo(
                host=str(run), user=SUPERUSER, dbname=DATABASE, options=OPTIONS
            )
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait()
    finally:
        _clear(folder)
        shutil.rmtree(sockets, ignore_errors=True)


def _unpack(moment: Moment, folder: Path, *, key: bytes) -> None:
    strand = moment.strand
    log = Log(int(moment.notes["timeline"]), int(moment.notes["segment"]))
    start, pieces = int(moment.notes["start"]), folder / "pg_wal"
    pieces.mkdir(mode=0o700)
    # The small before the large: what is damaged shows soon.
    strands.put_segments(strand, log, start, moment.end, pieces, key=key)
    dump.unpack(strand.folder / BASE, folder, key=key, purpose=strand.purpose(BASE), packed="gz")
    (folder / "recovery.signal").touch()
    (folder / "pg_hba.conf").write_text(ACCESS)
    us = pwd.getpwuid(os.geteuid()).pw_name
    (folder / "pg_ident.conf").write_text(f'restoring "{us}" {SUPERUSER}\n')
    account = engine_account()
    if account.other:
        for parent, inside, files in os.walk(folder):
            for name in (*inside, *files):
                os.chown(Path(parent, name), account.uid, account.gid)


def _started(folder: Path, run: Path, until: datetime | None) -> subprocess.Popen[bytes]:
    process = _start(folder, run, until)
    if process is None and until is not None and TOO_EARLY in _said(folder):
        # Nothing was written between the moment and the end: the end is that state.
        process = _start(folder, run, None)
    if process is None:
        raise DamagedError(f"The copies of the log don't make a database. {_last(folder)}")
    return process


def _start(folder: Path, run: Path, until: datetime | None) -> subprocess.Popen[bytes] | None:
    """Ready when it has gone through the log and lets us in; None when it ended before."""
    chosen = {
        "hot_standby": "off",
        # All that there is lies in its place already.
        "restore_command": "false",
        "recovery_target_timeline": "current",
        "recovery_target_action": "promote",
        "logging_collector": "off",
        "max_slot_wal_keep_size": "-1",
    }
    if until is not None:
        chosen["recovery_target_time"] = until.isoformat()
    words = arguments(run=run, logs=folder, fast=True)
    words += [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    with (folder / "recovering.log").open("wb") as output:
        process = subprocess.Popen(
            [postgres_program("postgres"), "-D", folder, *words],
            **engine_account().popen(),
            cwd=folder,
            env=cluster.engine_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGQUIT),
        )
    ready = processes.wait_until(lambda: process.poll() is not None or _answers(run), PATIENCE)
    if ready and process.poll() is None:
        return process
    process.kill()
    process.wait()
    return None


def _answers(run: Path) -> bool:
    try:
        with psycopg.connect(f"host={run} user={SUPERUSER} dbname=postgres") as database:
            row = database.execute("SELECT NOT pg_is_in_recovery()").fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


def _said(folder: Path) -> str:
    return (folder / "recovering.log").read_text(errors="replace")


def _last(folder: Path) -> str:
    lines = [line for line in _said(folder).splitlines() if "FATAL" in line or "PANIC" in line]
    return lines[-1].split("  ", 1)[-1] if lines else "PostgreSQL did not become ready."


def _clear(folder: Path) -> None:
    """What an earlier try left, its server too."""
    left = processes.working_in(folder, "postgres") if folder.exists() else []
    processes.send(left, signal.SIGKILL)
    processes.wait_gone(left, 10)
    shutil.rmtree(folder, ignore_errors=True)
