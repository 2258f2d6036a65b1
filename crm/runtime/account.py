"""Which account the engines run as: our own, or a plain one when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAME = "porchlight"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    # Other than the account we run as: engines started for it must change to it.
    other: bool

    def popen(self) -> dict[str, Any]:
        """What subprocess needs so that a child runs as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def can_enter(self, folder: Path) -> bool:
        return not self.other or all(self._may(place, 0o1) for place in (folder, *folder.parents))

    def can_read(self, file: Path) -> bool:
        return not self.other or (self.can_enter(file.parent) and self._may(file, 0o4))

    def _may(self, place: Path, bit: int) -> bool:
        found = place.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & (bit << 6))
        if found.st_gid == self.gid:
            return bool(found.st_mode & (bit << 3))
        return bool(found.st_mode & bit)


@cache
def engine_account() -> Account:
    # PostgreSQL refuses to run as root, and rightly so.
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid(), other=False)
    found = _known(NAME) or _made() or _known("nobody")
    if found is None:
        raise LookupError("There is no account that PostgreSQL could run as: add one, porchlight.")
    return Account(found.pw_name, found.pw_uid, found.pw_gid, other=True)


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(
        [useradd, *options, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True
    )
    return _known(NAME)
