from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

LARGEST, KEPT = 5_000_000, 3


class RotatedLog:
    """A file that is put aside when it is large; three older ones are kept."""

    def __init__(self, path: Path, *, largest: int = LARGEST) -> None:
        self.path, self.largest = path, largest
        self.file = self._open()

    def write(self, line: bytes) -> None:
        if self.file.tell() + len(line) > self.largest:
            self._put_aside()
        self.file.write(line)

    def close(self) -> None:
        self.file.close()

    def _open(self) -> BinaryIO:
        # Unbuffered: what a dying process said last is what matters.
        return self.path.open("ab", buffering=0)

    def _put_aside(self) -> None:
        self.file.close()
        for number in range(KEPT - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))
        self.file = self._open()

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
