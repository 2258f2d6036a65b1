"""Giving a backup back: into a new database, which takes the old one's place only when whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from crm.keep import keys, recovery, sources
from crm.keep.server import address, create_database, database_url, drop_database
from crm.keep.sources import Source
from crm.keep.stream import DamagedError

NEW = "porchlight_restoring"


class OccupiedError(Exception):
    """There is an owner's data already, and nobody said that it may be put aside."""


def restore(
    place: Path,
    *,
    code: str,
    key_copy: Path | None = None,
    until: datetime | None = None,
    put_aside: bool = False,
    say: Callable[[str], object] = print,
) -> None:
    """The order is what makes it safe: nothing is replaced before everything was found whole, and
    the database, which takes its place last, has by then all that it needs to be served."""
    if _occupied() and not put_aside:
        raise OccupiedError(
            "This Porchlight has data already. Add --put-aside to keep it under another name "
            "and put the backup in its place."
        )
    key = recovery.key(code)
    say("Checking the backup.")
    source = sources.find(place, key=key, key_copy=key_copy, until=until)
    say(f"Restoring {source.what}.")
    attachments = Path(settings.HOME.attachments)
    with (
        _beside(attachments) as files,
        _beside(Path(settings.HOME.keys)) as apart,
        _new_database(source),
    ):
        try:
            source.unpack(files)
            _put_keys(source, apart)
            _add_all(files, attachments)
        except OSError as error:
            raise DamagedError(f"A file could not be written. {error}") from error
        _finish(source, apart, say)
        aside = _swap()
        keys.take_over(apart, Path(settings.HOME.keys))
    recovery.keep(code)
    keys.put_foreign_aside(key=key)
    say(f"The data that was here is kept as the database {aside}." if aside else "Put in place.")


@contextmanager
def _new_database(source: Source) -> Iterator[None]:
    drop_database(NEW)
    create_database(NEW)
    try:
        source.fill(NEW)
        yield
    finally:
        # Gone by now where it took its place.
        drop_database(NEW)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder next to another; whatever an earlier try left there goes."""
    found = folder.with_name(f"{folder.name}.restoring")
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir(mode=0o700, parents=True)
    try:
        yield found
    finally:
        shutil.rmtree(found, ignore_errors=True)


def _put_keys(source: Source, apart: Path) -> None:
    source.put_files(apart)
    if source.head:
        head = apart / "audit-head.json"
        head.touch(mode=0o600)
        head.write_text(source.head, encoding="utf-8")


def _add_all(files: Path, folder: Path) -> None:
    """One by one into their place: a file's name says what it is, so nothing else is replaced,
    and stopped half-way both databases still find what they know."""
    for path in sorted(files.rglob("*")):
        target = folder / path.relative_to(files)
        if path.is_dir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(target)


def _finish(source: Source, apart: Path, say: Callable[[str], object]) -> None:
    """By a process that has the new database for its own, and the keys that came with it."""
    url = database_url(NEW)
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_BEHIND} | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "PORCHLIGHT_AS_OWNER": "1",
        "PORCHLIGHT_KEYS": str(apart),
        "PORCHLIGHT_HOME": str(settings.HOME.root),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }
    say("Bringing it up to this version.")
    done = subprocess.run(
        [sys.executable, "-m", "crm.keep.finishing", source.folder, source.what],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise DamagedError(f"What came back could not be used: {said[-1] if said else '?'}")
    for line in done.stdout.splitlines():
        say(line)


LEFT_BEHIND = frozenset({"PORCHLIGHT_KEYRING", "PYTHONWARNINGS"})
# The server's own vacuum has no role and only a superuser may end it; a rename does so by itself.
END_ALL_IN_IT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
"""


def _swap() -> str:
    """Rename: the old database away, the new one into its place. Answers the old one's new name,
    or nothing where it was empty and is gone."""
    empty = not connection.introspection.table_names()
    real = str(connection.settings_dict["NAME"])
    aside = f"{real}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    connection.close()
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(END_ALL_IN_IT, [real])
        with server.transaction():
            _rename(server, real, aside)
            _rename(server, NEW, real)
    if empty:
        drop_database(aside)
    return "" if empty else aside


def _rename(server: psycopg.Connection[tuple[object, ...]], old: str, new: str) -> None:
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


def _occupied() -> bool:
    from crm.models import Owner

    return "crm_owner" in connection.introspection.table_names() and Owner.objects.exists()
