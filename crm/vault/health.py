from __future__ import annotations

from crm.runtime.health import Health
from crm.vault import queries
from crm.vault.errors import VaultError

NAME = "Vault"


def check() -> Health:
    """In words, and in counts: no part of a key."""
    try:
        standing = queries.standing(roughly=True)
        if not queries.the_keyring_fits():
            return Health(NAME, False, "The keyring does not open this database's keys.")
    except VaultError as error:
        return Health(NAME, False, str(error))
    if standing.missing:
        return Health(
            NAME, False, "The keyring lacks keys that sealed data need: put back its copy."
        )
    measured = {
        "data keys": standing.data_keys,
        "wraps by the current key": standing.wraps_of_current,
        "waiting for rotation": standing.waiting,
        "erased people": standing.erasures,
        "passphrase": standing.locked,
    }
    if standing.rotation_is_due:
        return Health(NAME, False, "The keyring's key is much used: run vault rotate.", measured)
    if standing.waiting:
        return Health(NAME, None, "A rotation was interrupted: run vault rotate.", measured)
    return Health(NAME, True, "Sealed data can be opened.", measured)
