"""Before the first page: tables as the code wants them, static files gathered; once."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib import import_module, metadata
from pathlib import Path

import psycopg

from crm.runtime import memory
from crm.runtime.credentials import write_secret
from crm.runtime.home import Home, home
from crm.runtime.refusal import Refusal

BASE = Path(__file__).resolve().parent.parent.parent
APPLIED = (
    "SELECT md5(string_agg(app || '.' || name, ' ' ORDER BY app, name)) FROM django_migrations"
)


def wanted(place: Home, database: str) -> bool:
    """Whether code or database changed since the last time."""
    try:
        return _stamp(place).read_text() != _state(database)
    except (FileNotFoundError, psycopg.errors.UndefinedTable):
        return True


def settle(place: Home, database: str) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    # The shell carries its own htmx; this package's copies name modules that it does not bring.
    unused = ["django_htmx"]
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=unused)
    write_secret(_stamp(place), _state(database))


def _stamp(place: Home) -> Path:
    return place.state / "settled"


def _state(database: str) -> str:
    """A restored or foreign database differs in the second half, changed code in the first."""
    with psycopg.connect(database, connect_timeout=10) as connection:
        row = connection.execute(APPLIED).fetchone()
    return f"{_code()} {row and row[0]}"


def _code() -> str:
    seen = hashlib.sha256()
    for package in ("django", "django-allauth", "django-pgtrigger"):
        seen.update(metadata.version(package).encode())
    for pattern in ("*/migrations/**/*", "crm/shell/static/**/*", "crm/runtime/grants.py"):
        for path in sorted(BASE.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                found = path.stat()
                seen.update(
                    f"{path.relative_to(BASE)} {found.st_size} {found.st_mtime_ns}".encode()
                )
    return seen.hexdigest()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    os.environ["PORCHLIGHT_AS_OWNER"] = "1"
    memory.load_django()
    settle(home(), os.environ["DATABASE_URL"])
    if "--demo" in sys.argv:
        _demo()


def _demo() -> None:
    try:
        import_module("crm.demo.registry").build()
    except Refusal as refusal:
        print(refusal, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
