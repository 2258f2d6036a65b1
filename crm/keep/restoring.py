"""Giving a backup back: into a new database, which takes the old one's place only when whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from crm.audit.services import adopt_chain, security_event, verify_chain
from crm.keep import dump, keys, manifest, persons, recovery
from crm.keep.manifest import Manifest
from crm.keep.server import address, create_database, drop_database
from crm.keep.services import ATTACHMENTS, settle_rows
from crm.keep.trial import fill, put_head

NEW = "porchlight_restoring"


class OccupiedError(Exception):
    """There is an owner's data already, and nobody said that it may be put aside."""


def restore(
    folder: Path,
    *,
    code: str,
    key_copy: Path | None = None,
    put_aside: bool = False,
    say: Callable[[str], object] = print,
) -> Manifest:
    """The order is what makes it safe: nothing is replaced before everything was found whole."""
    if _occupied() and not put_aside:
        raise OccupiedError(
            "This Porchlight has data already. Add --put-aside to keep it under another name "
            "and put the backup in its place."
        )
    key = recovery.key(code)
    say("Checking the backup.")
    made = manifest.read(folder, key=key)
    copy = keys.read(key_copy or keys.place(), key=key)
    say(f"Restoring {made.rows:,} rows of {made.made:%d %B %Y, %H:%M} UTC.")
    _restore_beside(folder, made, copy, key=key)
    copy.put_files(Path(settings.HOME.keys))
    recovery.keep(code)
    dump.unpack(folder / ATTACHMENTS, Path(settings.HOME.attachments), key=key)
    aside = _swap()
    say(f"The data that was here is kept as the database {aside}." if aside else "Put in place.")
    put_head(made, Path(settings.HOME.keys))
    _bring_up_to_date(say)
    settle_rows(restored=folder.name)
    _check_trail(made, say)
    return made


def _restore_beside(folder: Path, made: Manifest, copy: keys.KeyCopy, *, key: bytes) -> None:
    drop_database(NEW)
    create_database(NEW)
    try:
        fill(NEW, folder, made, key=key)
        with psycopg.connect(address(NEW)) as database:
            copy.put_rows(database)
    except BaseException:
        drop_database(NEW)
        raise


def _swap() -> str:
    """Rename: the old database away, the new one into its place. Answers the old one's new name,
    or nothing where it was empty and is gone."""
    empty = not connection.introspection.table_names()
    real = str(connection.settings_dict["NAME"])
    aside = f"{real}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    connection.close()
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [real],
        )
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


def _bring_up_to_date(say: Callable[[str], object]) -> None:
    say("Bringing it up to this version.")
    call_command("migrate", verbosity=0, interactive=False)
    if erased := persons.replay():
        say(f"{erased} people were erased since; they are erased in what came back too.")
    security_event("backup.restored")


def _check_trail(made: Manifest, say: Callable[[str], object]) -> None:
    verdict = verify_chain()
    say("The trail is whole." if verdict.whole else f"The trail is broken. {verdict.broken}")
    adopt_chain(reason=f"restored the backup of {made.made:%Y-%m-%d %H:%M}")


def _occupied() -> bool:
    from crm.models import Owner

    return "crm_owner" in connection.introspection.table_names() and Owner.objects.exists()
