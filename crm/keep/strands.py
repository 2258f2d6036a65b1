"""The copies of the database's log: strands, each a copy of the whole and what was written since.

log/2026-11-25T030512Z/base.sealed            the database's files, once a day
                       0000…0000-0000….sealed   the log since, piece by piece
                       files-….sealed           attachments that came since
                       end.sealed               how far it reaches
                       manifest.json            signed, written when it is whole
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm.keep import dump, manifest
from crm.keep.manifest import Manifest
from crm.keep.places import MAKING, sync
from crm.keep.places import root as backups
from crm.keep.stream import DamagedError, SealingWriter, opened
from crm.keep.wal import Log

LOG = "log"
BASE, END = "base.sealed", "end.sealed"
PIECE = re.compile(r"([0-9A-F]{16})-([0-9A-F]{16})\.sealed")
STAMP = "%Y-%m-%dT%H%M%SZ"
# A copy of the log holds keys of people who were erased since; none outlives this.
LIVES = timedelta(days=7)
GONE = "There is a gap in the copies of the log: a piece is missing."
CUT = "The copies of the log end too early: the last pieces are missing."


def root() -> Path:
    return backups() / LOG


@dataclass(frozen=True)
class End:
    """How far a strand reaches, the audit chain's head at that moment, and how new the copy of
    the keys must be."""

    position: int
    at: str
    head: str = ""
    keys_at: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Strand:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name.removesuffix(MAKING)

    @property
    def began(self) -> datetime:
        return datetime.strptime(self.name, STAMP).replace(tzinfo=UTC)

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def notes(self, *, key: bytes) -> dict[str, str]:
        return manifest.said(self.folder, key=key).notes

    def whole_at(self, *, key: bytes) -> datetime:
        return datetime.fromisoformat(self.notes(key=key)["whole_at"])

    def checked(self, *, key: bytes) -> Manifest:
        """The manifest, once the base was found as it was written."""
        return manifest.read(self.folder, key=key)

    def end(self, *, key: bytes) -> End:
        said = json.loads(self._open(END, key=key))
        return End(**said)

    def set_end(self, end: End, *, key: bytes) -> None:
        self._seal(END, json.dumps(asdict(end)).encode(), key=key)

    def reach(self, start: int) -> int:
        """Where the pieces end that follow on each other, as far as their names tell."""
        reached = start
        for first, last in self._pieces():
            if first <= reached:
                reached = max(reached, last)
        return reached

    def add(self, start: int, end: int, data: bytes, *, key: bytes) -> None:
        self._seal(_piece(start, end), gzip.compress(data, 3, mtime=0), key=key)

    def drop_parts(self, start: int, end: int) -> None:
        """The parts of a stretch that now lies here in one piece."""
        for first, last in self._pieces():
            if start <= first and last <= end and (first, last) != (start, end):
                (self.folder / _piece(first, last)).unlink()

    def parts_of(self, start: int, end: int) -> int:
        return sum(start <= first and last <= end for first, last in self._pieces())

    def stretch(self, start: int, end: End, *, key: bytes) -> Iterator[tuple[int, bytes]]:
        """The log from the start on, each piece opened; refused when a part of it is missing."""
        reached = start
        for first, last in self._pieces():
            if first > reached:
                raise DamagedError(GONE)
            if last > reached:
                yield reached, self._piece_read(first, last, key=key)[reached - first :]
                reached = last
        if reached < end.position:
            raise DamagedError(CUT)

    def add_files(self, stamp: str, folder: Path, files: Iterable[Path], *, key: bytes) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for path in files:
                tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
        self._seal(f"files-{stamp}.sealed", packed.getvalue(), key=key)

    def take_files(self, folder: Path, *, key: bytes) -> None:
        for path in sorted(self.folder.glob("files-*.sealed")):
            dump.unpack(path, folder, key=key, purpose=f"{self.name}/{path.name}")

    def purpose(self, name: str) -> str:
        """What a file is sealed for, so that it can't stand in another strand or place."""
        return f"{self.name}/{name}"

    def _pieces(self) -> list[tuple[int, int]]:
        """By where they begin, the longest first: parts may still lie beside their whole."""
        found = (PIECE.fullmatch(path.name) for path in self.folder.iterdir())
        spans = [(int(match[1], 16), int(match[2], 16)) for match in found if match]
        return sorted(spans, key=lambda span: (span[0], -span[1]))

    def _piece_read(self, start: int, end: int, *, key: bytes) -> bytes:
        data = gzip.decompress(self._open(_piece(start, end), key=key))
        if len(data) != end - start:
            raise DamagedError("A piece of the log's copy is not as long as its name says.")
        return data

    def _open(self, name: str, *, key: bytes) -> bytes:
        try:
            with (self.folder / name).open("rb") as file:
                return b"".join(opened(file, key=key, purpose=self.purpose(name)))
        except OSError as error:
            raise DamagedError(f"The file {name} is missing from the copies of the log.") from error

    def _seal(self, name: str, data: bytes, *, key: bytes) -> None:
        new = self.folder / f".{name}.new"
        with new.open("wb") as file:
            new.chmod(0o600)
            writer = SealingWriter(file, key=key, purpose=self.purpose(name))
            writer.write(data)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)
        sync(self.folder)


def standing(place: Path | None = None) -> list[Strand]:
    """Those that are whole, the oldest first; `place` is another folder of backups than ours."""
    found = ((place or backups()) / LOG).glob(f"*/{manifest.NAME}")
    folders = sorted(path.parent for path in found if not path.parent.name.endswith(MAKING))
    return [Strand(folder) for folder in folders]


def thin(now: datetime, *, most: int) -> list[str]:
    """Take away what is past its days, and the oldest above the size; the newest only by age."""
    going, strands = [], standing()
    total = sum(strand.size for strand in strands)
    for strand in strands:
        newest = strand == strands[-1]
        if now - strand.began > LIVES or (total > most and not newest):
            total -= strand.size
            # Without its manifest it counts no more, should we be stopped half-way.
            (strand.folder / manifest.NAME).unlink()
            shutil.rmtree(strand.folder)
            going.append(strand.name)
    return going


def clear_leftovers() -> None:
    """What was being made, or taken away, when its maker was stopped."""
    for folder in root().glob("*"):
        if folder.name.endswith(MAKING) or not (folder / manifest.NAME).exists():
            shutil.rmtree(folder, ignore_errors=True)


def put_segments(strand: Strand, log: Log, start: int, end: End, into: Path, *, key: bytes) -> None:
    """The log's files as PostgreSQL reads them; the last one is filled up with zeros."""
    for position, data in strand.stretch(start, end, key=key):
        path = into / log.name(position)
        if not path.exists():
            with path.open("wb") as file:
                file.truncate(log.size)
        with path.open("r+b") as file:
            file.seek(position % log.size)
            file.write(data)


def _piece(start: int, end: int) -> str:
    return f"{start:016X}-{end:016X}.sealed"
