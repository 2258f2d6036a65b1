"""What a backup of the bench's database takes, and what giving it back on an empty machine does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from crm.bench import database
from crm.bench.apart import apart, remove
from crm.bench.registry import Measure, register
from crm.bench.stage import Stage
from crm.keep import places, recovery, restoring, services
from crm.keep.server import create_database, database_url, drop_database

# An owner is at work again this soon: with the log's copies, this is all that an outage takes.
BAR_S = 300
BACKUP, RESTORED = "bench", "restored"

MEASURES = [
    Measure("keep", "backup of the bench's database", "s", lambda s: backup(s), BAR_S, times=1),
    Measure(
        "keep", "restore it onto an empty database, checked", "s", lambda s: restore(s), BAR_S,
        times=1,
    ),
]  # fmt: skip


def register_all() -> None:
    for measure in MEASURES:
        register(measure)


def backup(stage: Stage) -> float:
    with _kept_apart(stage):
        return _backup()


def restore(stage: Stage) -> float:
    """As `manage.py restore` does it, where nothing is; the backup goes with it."""
    with _kept_apart(stage):
        if not (places.root() / BACKUP).is_dir():
            _backup()
        code, place = recovery.code(), places.root() / BACKUP
        try:
            with _empty_machine(stage):
                started = perf_counter()
                restoring.restore(place, code=code, say=lambda _: None)
                return perf_counter() - started
        finally:
            shutil.rmtree(places.root())


def _backup() -> float:
    shutil.rmtree(places.root(), ignore_errors=True)
    started = perf_counter()
    services.write(timezone.now(), BACKUP)
    return perf_counter() - started


@contextmanager
def _kept_apart(stage: Stage) -> Iterator[None]:
    """The bench's database is the one that backups are made of, and they lie beside its keys."""
    with _the_one(database.name_for(stage.rows), Path(settings.HOME.root) / "backups"):
        yield


@contextmanager
def _empty_machine(stage: Stage) -> Iterator[None]:
    name = f"{database.name_for(stage.rows)}_{RESTORED}"
    with ExitStack() as afterwards:
        drop_database(name)
        create_database(name)
        afterwards.callback(drop_database, name)
        remove(name)
        afterwards.callback(remove, name)
        afterwards.enter_context(apart(name))
        afterwards.enter_context(database.opened(name, as_owner=True))
        afterwards.enter_context(_the_one(name, Path(settings.HOME.root) / "backups"))
        yield


@contextmanager
def _the_one(name: str, backups: Path) -> Iterator[None]:
    with override_settings(
        DATABASE_OWNER_URL=database_url(name), BACKUPS=backups, KEY_BACKUPS=backups / "keys"
    ):
        yield
