from __future__ import annotations


class VaultError(Exception):
    """Something of the vault's that a person should read; it never quotes what was sealed."""


class Refused(VaultError):
    """The sealed value was altered, or it stands in a place that it was not sealed for."""


class Erased(VaultError):
    """The key is gone, and with it what it sealed."""


class KeyringMissing(VaultError):
    """There are sealed data, and no keyring to open them."""


class KeyringLocked(VaultError):
    """The keyring wants its passphrase, or was given a wrong one."""


class KeyringDamaged(VaultError):
    """The keyring's file can't be read, or holds no such key."""
