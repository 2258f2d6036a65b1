"""The keys' own backup: latest state only, so that a key that was destroyed stays destroyed.

Dumps hold no rows of the data keys. One sealed file beside them does, written anew with each
backup: an old dump opens only with the keys that still exist.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from crm.keep.places import sync
from crm.keep.stream import DamagedError, SealingWriter, opened

KEY_TABLES = ("crm_data_key",)
# Also in the dumps, but as old as they are: the list of erasures must be today's.
ERASURES = "crm_erasure"
COPIED_TABLES = (*KEY_TABLES, ERASURES)
NAME = "latest.sealed"
# Beside it, from minute to minute: what is small and must be as of today. Not the keys.
RECENT = "recent.sealed"
# What each backup holds for itself, as of its own moment, or opens the others.
KEYS, RECENT_KEYS = "keys", "recent keys"
MADE_AT = "made_at"
HEADS = {"audit-head.json", "audit-heads.jsonl"}
# Tells one Porchlight from another: made once, at random.
KIN = "audit.key"
# Passwords of the engines that run here.
OF_THE_MACHINE = {"database.json"}
STAYING = HEADS | {"recovery-code", "recovery-code.new"}


def place() -> Path:
    return Path(settings.KEY_BACKUPS) / NAME


def write(database: psycopg.Connection[Any], *, key: bytes) -> None:
    place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    demand_ours(place(), key=key, purpose=KEYS)
    new = place().with_suffix(".new")
    with new.open("wb") as file:
        new.chmod(0o600)
        writer = SealingWriter(file, key=key, purpose=KEYS)
        with tarfile.open(fileobj=writer, mode="w|") as tar:  # type: ignore[call-overload]
            for table in COPIED_TABLES:
                _add(tar, f"tables/{table}", b"".join(_rows(database, table)))
            for path in _key_files():
                _add(tar, f"files/{path.name}", path.read_bytes())
            _add(tar, MADE_AT, now().encode())
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    new.replace(place())


def recent_place() -> Path:
    return Path(settings.KEY_BACKUPS) / RECENT


def recent(database: psycopg.Connection[Any]) -> bytes:
    """What changes by day and is small: the key files and the list of erasures, unsealed."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        _add(tar, f"tables/{ERASURES}", b"".join(_rows(database, ERASURES)))
        for path in _key_files():
            _add(tar, f"files/{path.name}", path.read_bytes())
    return packed.getvalue()


def write_recent(data: bytes, *, key: bytes) -> str:
    """Answers the moment that it bears, by which a stale copy is known."""
    made_at = now()
    recent_place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    demand_ours(recent_place(), key=key, purpose=RECENT_KEYS)
    new = recent_place().with_suffix(".new")
    with new.open("wb") as file:
        new.chmod(0o600)
        writer = SealingWriter(file, key=key, purpose=RECENT_KEYS)
        writer.write(made_at.encode() + b"\n" + data)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    new.replace(recent_place())
    return made_at


def demand_ours(path: Path, *, key: bytes, purpose: str) -> None:
    """Without its copy of the keys another Porchlight's backups are worth nothing."""
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            next(opened(file, key=key, purpose=purpose))
    except DamagedError as error:
        raise DamagedError(
            f"{path} belongs to another Porchlight, or is damaged, and is not replaced. Restore "
            "what lies there first, or move it away, or choose another PORCHLIGHT_BACKUPS."
        ) from error


def put_foreign_aside(*, key: bytes) -> None:
    """After a restore: copies that the code from before made would be in the way of new ones."""
    for path, purpose in ((place(), KEYS), (recent_place(), RECENT_KEYS)):
        try:
            demand_ours(path, key=key, purpose=purpose)
        except DamagedError:
            path.replace(path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}"))


def now() -> str:
    return datetime.now(UTC).isoformat()


class KeyCopy:
    """An opened copy of the keys, held in memory only."""

    def __init__(self, members: dict[str, bytes], made_at: str) -> None:
        self._members = members
        self.made_at = made_at

    def demand(self, at: str) -> None:
        """Refuses a copy from before that moment: keys or erasures that are needed are missing."""
        if datetime.fromisoformat(self.made_at) < datetime.fromisoformat(at):
            raise DamagedError(
                f"The copy of the keys is of {self.made_at:.16} UTC and older than what it should "
                "open. Bring the newest copy: it lies beside the backups, in the folder keys."
            )

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


def take_over(apart: Path, folder: Path) -> None:
    """The key files of what was restored become this machine's. Of the same Porchlight, those that
    are here are newer and stay; another's are kept under another name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kin = _text(apart / KIN) == _text(folder / KIN) != ""
    suffix = f".before-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for path in sorted(apart.iterdir()):
        target = folder / path.name
        if target.exists() and (path.name in OF_THE_MACHINE or (kin and path.name not in HEADS)):
            continue
        if target.exists() and path.read_bytes() != target.read_bytes():
            target.replace(target.with_name(f"{path.name}{suffix}"))
        path.replace(target)
    sync(folder)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def read(path: Path, *, key: bytes) -> KeyCopy:
    members = _unpacked(_opened(path, key=key, purpose=KEYS))
    made_at = members.pop(MADE_AT, b"").decode()
    if not made_at:
        raise DamagedError("The copy of the keys does not say when it was made.")
    return KeyCopy(members, made_at)


def read_recent(path: Path, *, key: bytes) -> KeyCopy:
    made_at, _, packed = _opened(path, key=key, purpose=RECENT_KEYS).partition(b"\n")
    return KeyCopy(_unpacked(packed), made_at.decode())


def _opened(path: Path, *, key: bytes, purpose: str) -> bytes:
    try:
        with path.open("rb") as file:
            return b"".join(opened(file, key=key, purpose=purpose))
    except OSError as error:
        raise DamagedError(f"The copy of the keys is not at {path}.") from error


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        members = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name: file.read() for name, file in members.items() if file}


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
