"""Makes the engines available to Django's own commands: runs before Django is loaded."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crm.runtime import credentials, folders
from crm.runtime.broker import Broker
from crm.runtime.home import Home, home
from crm.runtime.locks import FileLock, held
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.runtime.roles import APPLICATION, OWNER

# They change the tables, so they connect as the role that owns them.
OWNER_COMMANDS = frozenset(
    {"migrate", "makemigrations", "flush", "pgtrigger", "restore", "squashmigrations"}
)
# They need no database; `up` and the like look after their own.
WITHOUT_ENGINES = frozenset(
    {
        "",
        "-h",
        "--help",
        "--version",
        "check",
        "collectstatic",
        "compilemessages",
        "createsuperuser",
        "diffsettings",
        "findstatic",
        "help",
        "lock",
        "makemessages",
        "service",
        "startapp",
        "startproject",
        "test",
        "up",
        "upgrade",
        "version",
    }
)


def prepare(command: str) -> None:
    """For manage.py: settings find DATABASE_URL and the right role when this returns."""
    if command in OWNER_COMMANDS:
        os.environ["PORCHLIGHT_AS_OWNER"] = "1"
    os.environ.setdefault("DATABASE_OWNER_URL", os.environ.get("DATABASE_URL", ""))
    if os.environ.get("DATABASE_URL") or command in WITHOUT_ENGINES:
        return
    place = home()
    try:
        _use_for_this_command(place)
    except Refusal as refusal:
        raise SystemExit(str(refusal)) from None
    os.environ.update(addresses(place))


def addresses(place: Home) -> dict[str, str]:
    """What a process of this house needs in its environment, beside what is set already."""
    found = {} if os.environ.get("DATABASE_URL") else embedded(place)
    if not os.environ.get("REDIS_URL"):
        found["REDIS_URL"] = Broker(place).url
    if not os.environ.get("SECRET_KEY"):
        found["SECRET_KEY"] = credentials.secret_key(place)
    return found


def embedded(place: Home) -> dict[str, str]:
    server = Server(place)
    return {"DATABASE_URL": server.url(APPLICATION), "DATABASE_OWNER_URL": server.url(OWNER)}


@dataclass
class Use:
    """A share in the running server: the last user stops it, however many there were."""

    place: Home
    server: Server
    lock: FileLock

    def release(self) -> None:
        with held(self.place.state / "use.lock"):
            self.lock.release()
            if self.lock.try_exclusive():
                self.server.stop()
            self.lock.close()


def use(place: Home, *, die_with_parent: bool = False, server: Server | None = None) -> Use:
    folders.open_home(place)
    chosen = server or Server(place)
    with held(place.state / "use.lock"):
        lock = FileLock(place.state / "users.lock")
        lock.shared()
        chosen.start(die_with_parent=die_with_parent)
    return Use(place, chosen, lock)


@contextmanager
def used(place: Home) -> Iterator[Server]:
    share = use(place)
    try:
        yield share.server
    finally:
        share.release()


def _use_for_this_command(place: Home) -> None:
    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr)

    share = use(place, server=Server(place, say=say))
    atexit.register(share.release)
