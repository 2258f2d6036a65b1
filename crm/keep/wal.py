"""Positions in PostgreSQL's write-ahead log, and reading it where it lies."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = 8192
# The start of each page's header: magic, info, timeline, and the page's own position.
HEADER = struct.Struct("=HHIQ")


class GoneError(Exception):
    """The log is no longer there: it was recycled before it was copied."""


@dataclass(frozen=True)
class Log:
    """A server's log: a stretch of bytes, cut into files of one size."""

    timeline: int
    size: int

    def floor(self, position: int) -> int:
        return position - position % self.size

    def name(self, position: int) -> str:
        high, low = divmod(position // self.size, 2**32 // self.size)
        return f"{self.timeline:08X}{high:08X}{low:08X}"

    def cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretch in parts, none of which goes over a file's end."""
        while start < end:
            following = min(self.floor(start) + self.size, end)
            yield start, following
            start = following

    def read(self, folder: Path, start: int, end: int) -> bytes:
        """A part within one file; refused when the file holds another stretch by now."""
        try:
            with (folder / self.name(start)).open("rb") as file:
                file.seek(start % self.size)
                data = file.read(end - start)
        except FileNotFoundError as error:
            raise GoneError("A piece of the database's log was gone before its copy.") from error
        if len(data) != end - start or not _is_from(data, start):
            raise GoneError("A piece of the database's log was overwritten before its copy.")
        return data


def position(words: str) -> int:
    """From PostgreSQL's own writing, as in 0/3000148."""
    high, low = words.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def words(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _is_from(data: bytes, start: int) -> bool:
    """Each page says where it belongs; what a change of files left empty says nothing."""
    pages = range(-start % PAGE, len(data) - HEADER.size + 1, PAGE)
    return all(HEADER.unpack_from(data, at)[3] in (start + at, 0) for at in pages)
