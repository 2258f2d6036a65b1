"""Static files with hashed names, gathered only when one of them has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = ".gathered"


def collect_if_changed() -> bool:
    """For `up`, before the web process starts: true when there was something to do."""
    root = Path(settings.STATIC_ROOT)
    now = fingerprint()
    stamp = root / STAMP
    if stamp.is_file() and stamp.read_text() == now:
        return False
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)
    return True


def fingerprint() -> str:
    """Names, sizes and times of all files: no content is read on an ordinary start."""
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}:{state.st_size}:{state.st_mtime_ns}".encode())
    return digest.hexdigest()
