"""The security events there are, each with the words in which the owner reads it."""

from __future__ import annotations

KINDS: dict[str, str] = {}


def register(kind: str, words: str) -> None:
    KINDS[kind] = words


def in_words(kind: str) -> str:
    return KINDS.get(kind, kind)


for _kind, _words in {
    "owner.first_run": "The owner was set up",
    "sign_in.succeeded": "Signed in",
    "sign_in.failed": "A sign-in failed",
    "sign_in.throttled": "Sign-ins were slowed down after failures",
    "sign_out": "Signed out",
    "session.revoked": "A session was ended",
    "second_factor.added": "A second factor was added",
    "second_factor.removed": "A second factor was removed",
    "recovery_codes.made": "Recovery codes were made",
    "recovery_code.used": "A recovery code was used",
    "passkey.added": "A passkey was added",
    "passkey.removed": "A passkey was removed",
    "password.changed": "The password was changed",
    "email.changed": "The sign-in address was changed",
    "token.made": "An API token was made",
    "token.revoked": "An API token was revoked",
    "token.refused": "An API token was refused",
    "owner.recovered": "The owner was let back in from the console",
    "reveal": "Contact details were revealed",
    "export": "Data was exported",
    "erase": "A person was erased",
    "keys.made": "A key was made",
    "keys.rotated": "The keys were rotated",
    "keys.unlocked": "The keyring was unlocked",
    "keys.refused": "A sealed value was refused",
    "recovery_code.shown": "The recovery code was shown",
    "backup.made": "A backup was made",
    "backup.restored": "A backup was restored",
    "audit.verified": "The trail was verified",
    "audit.broken": "The trail was found broken",
    "audit.adopted": "The trail's head was taken anew",
}.items():
    register(_kind, _words)
