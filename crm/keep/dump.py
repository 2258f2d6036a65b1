"""PostgreSQL's own dump and restore, sealed on the way: no plain copy ever lies on the disk."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg

from crm.keep.server import ToolError, address, environment_of, tool_environment
from crm.keep.stream import CHUNK, DamagedError, SealingWriter, opened, pump
from crm.runtime.binaries import postgres_program

# PostgreSQL before 17 has no such setting; what it says to it harms nothing.
HARMLESS = b"transaction_timeout"
# Whoever restores owns what comes back, and migrating grants.
OURS = ("--no-owner", "--no-privileges")
# Since November 2026 a server numbers each column for itself, in an option that an earlier release
# does not know, and that a later one overlooks.
OF_ITS_SERVER = re.compile(rb"ALTER TABLE ONLY .+ ALTER COLUMN .+ SET \(pg_attver=\d+\);")


def dump(out: Path, *, key: bytes, snapshot: str, without_rows_of: Iterable[str]) -> None:
    command = [
        str(postgres_program("pg_dump")),
        "--format=custom",
        "--compress=4",
        *OURS,
        f"--snapshot={snapshot}",
    ]
    command += [f"--exclude-table-data={table}" for table in without_rows_of]
    with out.open("wb") as file, _running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101
        writer = SealingWriter(file, key=key, purpose=out.name)
        pump(process.stdout.read, writer.write)
        writer.close()
        _finish(process)


def restore(sealed: Path, *, key: bytes, database: str, options: Iterable[str] = ()) -> None:
    with sealed.open("rb") as file:
        chunks = opened(file, key=key, purpose=sealed.name)
        _feed([*restoring(database), *options], database, chunks)


def restore_tables(sealed: Path, *, key: bytes, database: str) -> None:
    """All that comes before the rows, as statements: a table in a dump is taken as it stands, with
    what its server keeps there for itself."""
    words = ["--file=-", "--section=pre-data", *OURS]
    statements = _told(sealed, words, key=key).split(b"\n")
    ours = b"\n".join(line for line in statements if not _is_left(line))
    tool = str(postgres_program("psql"))
    # It says "error" in the server's own language: its end tells more than its words.
    command = [tool, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={database}"]
    if _feed(command, database, [ours]) != 0:
        raise ToolError("A table could not be made.")


def _is_left(line: bytes) -> bool:
    return OF_ITS_SERVER.fullmatch(line) is not None or line.startswith(b"SET " + HARMLESS)


def contents(sealed: Path, *, key: bytes, section: str) -> list[str]:
    """What is in one section of a dump, a line each, in the tool's own words."""
    lines = _told(sealed, ["--list", f"--section={section}"], key=key).decode().splitlines()
    return [line for line in lines if line and not line.startswith(";")]


def pour(source: str, database: str, *, without_rows_of: Iterable[str]) -> None:
    """From another server's database straight into one of ours; nothing touches the disk."""
    pour_into(source, address(database), without_rows_of=without_rows_of)


def pour_into(
    source: str, target: str, *, by: Path | None = None, without_rows_of: Iterable[str] = ()
) -> None:
    named = str(psycopg.conninfo.conninfo_to_dict(target)["dbname"])
    command = [str(by or postgres_program("pg_dump")), "--format=custom", "--compress=0"]
    command += OURS
    command += [f"--exclude-table-data={table}" for table in without_rows_of]
    dumping = _running(command, stdout=subprocess.PIPE, environment=environment_of(source))
    given = environment_of(target)
    with (
        dumping as out,
        _running(restoring(named), stdin=out.stdout, environment=given) as process,
    ):
        assert out.stdout is not None  # noqa: S101
        out.stdout.close()
        complaints = _Complaints(process.stderr)
        process.wait()
        _finish(out)
        complaints.raise_real_ones()


# Not in the first 3.11, which Debian 12 has.
FILTERED: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def restoring(database: str) -> list[str]:
    tool = str(postgres_program("pg_restore"))
    return [tool, *OURS, f"--dbname={database}"]


def pack(folder: Path, out: Path, *, key: bytes) -> None:
    """All files below a folder, as a sealed tar."""
    with out.open("wb") as file:
        writer = SealingWriter(file, key=key, purpose=out.name)
        with tarfile.open(fileobj=writer, mode="w|", bufsize=CHUNK) as tar:  # type: ignore[call-overload]
            if folder.is_dir():
                tar.add(folder, arcname=".")
        writer.close()


def unpack(sealed: Path, folder: Path, *, key: bytes, purpose: str = "", packed: str = "") -> None:
    """`packed` is "gz" where the tar in it is."""
    with sealed.open("rb") as file:
        source = _Reader(opened(file, key=key, purpose=purpose or sealed.name))
        with tarfile.open(fileobj=source, mode=f"r|{packed}", bufsize=CHUNK) as tar:  # type: ignore[call-overload]
            tar.extractall(folder, members=_plain(tar), **FILTERED)  # noqa: S202 - each is looked at
        source.drain()


def _plain(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Only files and folders below, and ours: the first 3.11 do not see to it themselves."""
    for member in tar:
        path = PurePosixPath(member.name)
        if not (member.isreg() or member.isdir()) or path.is_absolute() or ".." in path.parts:
            raise DamagedError(f"{member.name} does not belong into a backup.")
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        yield member


class _Reader:
    """Lets tarfile read from chunks."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def drain(self) -> None:
        """Read on to the end, since only there it shows whether the stream is whole."""
        for _ in self._chunks:
            pass


class _Complaints:
    """Reads what a tool says while it runs, so that a full pipe never stops it."""

    def __init__(self, source: IO[bytes] | None) -> None:
        self._lines: list[bytes] = []
        self._reader = threading.Thread(target=self._read, args=(source,), daemon=True)
        self._reader.start()

    def _read(self, source: IO[bytes] | None) -> None:
        self._lines = [line for line in source or [] if b"error:" in line.lower()]

    def wait(self) -> None:
        self._reader.join()

    def raise_real_ones(self) -> None:
        self.wait()
        real = [line for line in self._lines if HARMLESS not in line]
        if real:
            raise ToolError(real[0].decode(errors="replace").strip())


def _feed(command: list[str], database: str, chunks: Iterable[bytes]) -> int:
    with _running(command, database, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101
        complaints = _Complaints(process.stderr)
        try:
            # Where it ended early, its own words say why.
            with suppress(BrokenPipeError):
                for chunk in chunks:
                    process.stdin.write(chunk)
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            # Whatever went wrong: the pipe is not closed while it is read.
            complaints.wait()
        ended = process.wait()
        complaints.raise_real_ones()
        return ended


def _told(sealed: Path, words: Iterable[str], *, key: bytes) -> bytes:
    """What PostgreSQL's tool says of a dump."""
    command = [str(postgres_program("pg_restore")), *words]
    with (
        sealed.open("rb") as file,
        _running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        with ThreadPoolExecutor(1) as reading:
            told = reading.submit(process.stdout.read)
            # It stands at the beginning; the rest is not waited for.
            with suppress(BrokenPipeError):
                for chunk in opened(file, key=key, purpose=sealed.name):
                    process.stdin.write(chunk)
            with suppress(BrokenPipeError):
                process.stdin.close()
        _finish(process)
    return told.result()


def _running(
    command: list[str],
    database: str = "",
    *,
    stdin: int | IO[bytes] | None = None,
    stdout: int | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment or tool_environment(database),
        stdin=stdin if stdin is not None else subprocess.DEVNULL,
        stdout=stdout if stdout is not None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _finish(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None  # noqa: S101
    said = process.stderr.read().decode(errors="replace").strip()
    if process.wait() != 0:
        raise ToolError(
            said.splitlines()[-1] if said else "PostgreSQL's tool failed without a word."
        )
