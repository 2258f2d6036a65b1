"""Private folders, and short ones for sockets."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from crm.runtime.account import Account, engine_account
from crm.runtime.home import Home
from crm.runtime.refusal import Refusal

# A socket's whole name: 103 bytes on macOS, 107 on Linux; the longest of ours takes 20.
LONGEST_RUN_FOLDER = 80
# No character that a URL, a list of folders or a configuration line would need to quote.
PLAIN = re.compile(r"[A-Za-z0-9/_.-]+")
# The same short place for every program of this machine; folders in it are checked to be ours.
SHORT = "/tmp"  # noqa: S108
# Linux keeps in memory what is written here: a database's thousand small files are made at once.
MEMORY = Path("/dev/shm")  # noqa: S108
LEAST_MEMORY = 6 << 30


def ours(folder: Path, *, account: Account | None = None) -> Path:
    """A folder that only the account may enter, made if missing, refused if it is another's."""
    owner = account or _ourselves()
    _make(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner.uid, os.geteuid()):
        raise Refusal(f"{folder} belongs to somebody else. Remove it, or choose another place.")
    if found.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


def open_home(home: Home) -> None:
    """The data folder and its private parts; engines may pass through it to theirs."""
    try:
        _open_home(home)
    except OSError as error:
        raise Refusal(_unusable(home, error)) from error


def _unusable(home: Home, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk of {home.root} is full. Free some and run again."
    return (
        f"{home.root} can't hold Porchlight's data: {error.strerror} ({error.filename}). "
        "Set PORCHLIGHT_HOME to a folder of yours and run again."
    )


def _open_home(home: Home) -> None:
    account = engine_account()
    home.root.mkdir(parents=True, exist_ok=True)
    wanted = 0o711 if account.other else 0o700
    if stat.S_IMODE(home.root.stat().st_mode) != wanted and home.root.stat().st_uid == os.geteuid():
        home.root.chmod(wanted)
    if not account.can_enter(home.root):
        raise Refusal(
            f"PostgreSQL runs as the account {account.name}, which can't reach {home.root}. "
            "Set PORCHLIGHT_HOME to a folder such as /var/lib/porchlight, "
            "or run Porchlight as an ordinary user."
        )
    for folder in (home.keys, home.state):
        ours(folder)
    home.logs.mkdir(mode=0o711, exist_ok=True)
    home.logs.chmod(0o711 if account.other else 0o700)


def run_folder(home: Home) -> Path:
    """Where the engines' sockets lie: in the data folder when its name is short and plain."""
    account = engine_account()
    inside = home.root / "run"
    if len(os.fsencode(inside)) <= LONGEST_RUN_FOLDER and PLAIN.fullmatch(str(inside)):
        return ours(inside, account=account)
    digest = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:12]
    return ours(_short_base() / f"porchlight-{os.geteuid()}-{digest}", account=account)


def _short_base() -> Path:
    # Not TMPDIR: on macOS it is long, and two terminals may disagree about it.
    chosen = Path(os.environ.get("XDG_RUNTIME_DIR") or SHORT)
    usable = chosen.is_dir() and os.access(chosen, os.W_OK) and len(os.fsencode(chosen)) < 40
    passable = usable and engine_account().can_enter(chosen)
    return chosen if passable else Path(SHORT)


def demand_room(folder: Path, megabytes: int) -> None:
    """Asked before something is begun that would stop half-way."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Refusal(
            f"There are {free} MB free on the disk of {folder}, and {megabytes} MB are needed. "
            "Free some and run again."
        )


def scratch(*, fleeting: bool = False) -> Path:
    """A new folder that the engines can reach; the caller removes it. A fleeting one need not lie
    on a disk."""
    base = MEMORY if fleeting and _has_memory_to_spare() else Path(SHORT)
    folder = Path(tempfile.mkdtemp(prefix="porchlight-", dir=base))
    folder.chmod(0o711 if engine_account().other else 0o700)
    return folder


def _has_memory_to_spare() -> bool:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    # The supervisor, which stays small, reads this file too and never comes here.
    import psutil

    free: int = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return free >= LEAST_MEMORY


def _make(folder: Path) -> None:
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _ourselves() -> Account:
    return Account("", os.geteuid(), os.getegid(), other=False)
