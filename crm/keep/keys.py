"""The keys' own backup: latest state only, so that a key that was destroyed stays destroyed.

Dumps hold no rows of the data keys. One sealed file beside them does, written anew with each
backup: an old dump opens only with the keys that still exist.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from crm.keep.stream import DamagedError, SealingWriter, opened

KEY_TABLES = ("crm_data_key",)
# Also in the dumps, but as old as they are: the list of erasures must be today's.
COPIED_TABLES = (*KEY_TABLES, "crm_erasure")
NAME = "latest.sealed"
# What each backup holds for itself, as of its own moment, or opens the others.
HEADS = {"audit-head.json", "audit-heads.jsonl"}
STAYING = HEADS | {"recovery-code", "recovery-code.new"}


def place() -> Path:
    return Path(settings.KEY_BACKUPS) / NAME


def write(database: psycopg.Connection[Any], *, key: bytes) -> None:
    place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = place().with_suffix(".new")
    with new.open("wb") as file:
        new.chmod(0o600)
        writer = SealingWriter(file, key=key, purpose="keys")
        with tarfile.open(fileobj=writer, mode="w|") as tar:  # type: ignore[call-overload]
            for table in COPIED_TABLES:
                _add(tar, f"tables/{table}", b"".join(_rows(database, table)))
            for path in _key_files():
                _add(tar, f"files/{path.name}", path.read_bytes())
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    new.replace(place())


class KeyCopy:
    """An opened copy of the keys, held in memory only."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self._members = members

    def put_files(self, folder: Path) -> None:
        """Key files that the folder doesn't have yet; those that are there are never replaced."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in self._of("files/"):
            target = folder / Path(name).name
            if not target.exists():
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)

    def put_rows(self, database: psycopg.Connection[Any]) -> None:
        for table, data in self._of("tables/"):
            header, _, rows = data.partition(b"\n")
            _merge(database, table, header.decode().split(","), rows)

    def _of(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        for name, data in self._members.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), data


def read(path: Path, *, key: bytes) -> KeyCopy:
    try:
        with path.open("rb") as file:
            data = b"".join(opened(file, key=key, purpose="keys"))
    except OSError as error:
        raise DamagedError(f"The copy of the keys is not at {path}.") from error
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return KeyCopy({name: file.read() for name, file in members.items() if file})


def _key_files() -> list[Path]:
    folder = Path(settings.HOME.keys)
    return [
        path for path in sorted(folder.iterdir()) if path.is_file() and path.name not in STAYING
    ]


def _rows(database: psycopg.Connection[Any], table: str) -> Iterator[bytes]:
    columns = database.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    names = [row[0] for row in columns]
    yield ",".join(names).encode() + b"\n"
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor() as cursor, cursor.copy(query) as copy:
        yield from (bytes(block) for block in copy)


def _merge(database: psycopg.Connection[Any], table: str, columns: list[str], rows: bytes) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    incoming, target = sql.Identifier(f"incoming_{table}"), sql.Identifier(table)
    make = sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {}) ON COMMIT DROP").format(incoming, target)
    with database.transaction(), database.cursor() as cursor:
        cursor.execute(make)
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(incoming, names)) as copy:
            copy.write(rows)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(
                target, names, names, incoming
            )
        )


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = 0o600
    tar.addfile(info, io.BytesIO(data))
