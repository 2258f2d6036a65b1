"""Where backups lie, and how a folder of them becomes one that counts. Runs without Django."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

DATABASE, ATTACHMENTS = "database.sealed", "attachments.sealed"
MAKING = ".making"
# Whoever holds a restored backup signs in anew; what is cached is made anew.
PASSING_TABLES = ("django_session", "usersessions_usersession", "crm_cache")


def root() -> Path:
    return Path(settings.BACKUPS)


def head_path() -> Path:
    return Path(settings.HOME.keys) / "audit-head.json"


def make_durable(making: Path, final: Path) -> None:
    for path in (*making.iterdir(), making):
        sync(path)
    making.rename(final)
    sync(final.parent)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
