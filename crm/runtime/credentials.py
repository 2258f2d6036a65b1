"""Passwords that nobody types: the engines' roles and Django's signing key, in HOME.keys."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from crm.runtime.home import Home
from crm.runtime.locks import held

ROLES = ("postgres", "porchlight_owner", "porchlight_app")


def database_passwords(home: Home) -> dict[str, str]:
    kept = home.keys / "database.json"
    with held(home.state / "keys.lock"):
        known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
        missing = [role for role in ROLES if role not in known]
        if missing:
            known |= {role: secrets.token_urlsafe(32) for role in missing}
            write_secret(kept, json.dumps(known))
    return known


def secret_key(home: Home) -> str:
    kept = home.keys / "secret_key"
    with held(home.state / "keys.lock"):
        if not kept.exists():
            write_secret(kept, secrets.token_urlsafe(64))
    return kept.read_text().strip()


def write_secret(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone, on disk before it is used."""
    making = path.with_name(f".{path.name}.making")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
