"""The keyring's passphrase: asked for once at the start, held in memory, never in a file."""

from __future__ import annotations

import json
import os
import sys
from getpass import getpass
from pathlib import Path

from crm.runtime.home import Home
from crm.runtime.refusal import Refusal

NAME = "PORCHLIGHT_PASSPHRASE"
TRIES = 3
NOBODY_TO_ASK = (
    "The keyring is protected by a passphrase, and there is no terminal to ask for it. "
    f"Start `up` in a terminal, or set {NAME}."
)


def take(place: Home) -> str:
    """The passphrase, tried on the keyring. It leaves this process's environment, so that the
    engines don't inherit it."""
    given = os.environ.pop(NAME, "")
    document = locked(place)
    if document is None:
        return given
    if given:
        if not _opens(document, given):
            raise Refusal(f"The passphrase in {NAME} does not open the keyring.")
        return given
    if not sys.stdin.isatty():
        raise Refusal(NOBODY_TO_ASK)
    return _asked(document)


def _asked(document: dict[str, object]) -> str:
    for left in range(TRIES - 1, -1, -1):
        answer = getpass("Passphrase of the keyring: ")
        if answer and _opens(document, answer):
            return answer
        print(f"That passphrase does not open the keyring. {_left(left)}", flush=True)
    raise Refusal("Nothing was started, and nothing was changed.")


def _left(tries: int) -> str:
    return {0: "That was the last try.", 1: "One more try."}.get(tries, f"{tries} more tries.")


def locked(place: Home) -> dict[str, object] | None:
    chosen = os.environ.get("PORCHLIGHT_KEYRING")
    path = Path(chosen) if chosen else place.keys / "keyring.json"
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # Missing: made by the first that needs it. Damaged: the vault says so, with the way out.
        return None
    return document if isinstance(document, dict) and "lock" in document else None


def _opens(document: dict[str, object], passphrase: str) -> bool:
    # Loaded only for a keyring that is locked: the supervisor stays small.
    from crm.vault import keyring_file
    from crm.vault.errors import KeyringLocked

    try:
        keyring_file.opened(document, keyring_file.lock_of(document, passphrase))
    except KeyringLocked:
        return False
    return True
