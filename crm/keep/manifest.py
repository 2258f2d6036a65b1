"""What a backup says of itself, signed, so that nothing in it can be changed unnoticed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from crm.keep.stream import DamagedError

NAME = "manifest.json"


@dataclass(frozen=True)
class Part:
    """One file of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Tally:
    """One table: how many rows, and a sum over them that does not depend on their order."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    server: str
    migrations: str
    parts: dict[str, Part]
    tables: dict[str, Tally]
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @property
    def left_out(self) -> frozenset[str]:
        """Tables whose rows were not backed up with the others."""
        return frozenset(self.notes.get("left_out", "").split())

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts.values())


def write(folder: Path, manifest: Manifest, *, key: bytes) -> None:
    body = json.dumps(asdict(manifest), sort_keys=True)
    signed = json.dumps({"signature": _sign(body, key), "manifest": json.loads(body)}, indent=1)
    with (folder / NAME).open("w", encoding="utf-8") as file:
        file.write(signed)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, *, key: bytes) -> Manifest:
    """The manifest, once its signature and every file's size and hash were found right."""
    manifest = said(folder, key=key)
    for name, part in manifest.parts.items():
        _check(folder / name, part)
    return manifest


def said(folder: Path, *, key: bytes) -> Manifest:
    """The same without a look at the files, which may be large."""
    try:
        signed = json.loads((folder / NAME).read_text(encoding="utf-8"))
        body, signature = signed["manifest"], signed["signature"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError("The backup has no readable manifest.") from error
    if not hmac.compare_digest(_sign(json.dumps(body, sort_keys=True), key), str(signature)):
        raise DamagedError("The manifest was changed, or the recovery code is another backup's.")
    return _from(body)


def measure(path: Path) -> Part:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Part(bytes=path.stat().st_size, sha256=digest.hexdigest())


def _from(body: dict[str, object]) -> Manifest:
    values = dict(body)
    parts, tables = values.pop("parts"), values.pop("tables")
    assert isinstance(parts, dict)  # noqa: S101  (signed by us)
    assert isinstance(tables, dict)  # noqa: S101
    return Manifest(
        parts={name: Part(**part) for name, part in parts.items()},
        tables={name: Tally(**tally) for name, tally in tables.items()},
        **values,  # type: ignore[arg-type]
    )


def _check(path: Path, part: Part) -> None:
    if not path.is_file():
        raise DamagedError(f"The file {path.name} is missing from the backup.")
    if measure(path) != part:
        raise DamagedError(f"The file {path.name} of the backup is not as it was written.")


def _sign(body: str, key: bytes) -> str:
    return hmac.new(key, b"manifest " + body.encode(), hashlib.sha256).hexdigest()
