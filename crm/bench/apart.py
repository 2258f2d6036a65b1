from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import override_settings

from crm.runtime.home import Home
from crm.vault import data_keys, keyring


@contextmanager
def apart(name: str) -> Iterator[None]:
    """Within, keys and files are the bench database's own, and nothing is mailed or noted."""
    home = Home(_folder(name))
    keys = os.environ.get("PORCHLIGHT_KEYS")
    os.environ["PORCHLIGHT_KEYS"] = str(home.root / "keys")
    _forget()
    try:
        with override_settings(
            HOME=home,
            VAULT_KEYRING="",
            WATCH=False,
            EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        ):
            home.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield
    finally:
        os.environ.pop("PORCHLIGHT_KEYS")
        if keys is not None:
            os.environ["PORCHLIGHT_KEYS"] = keys
        _forget()


def remove(name: str) -> None:
    shutil.rmtree(_folder(name), ignore_errors=True)


def _folder(name: str) -> Path:
    return Path(settings.HOME.root) / "bench" / name


def _forget() -> None:
    keyring.forget()
    data_keys.memory.clear()
