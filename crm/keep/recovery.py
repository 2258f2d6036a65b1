"""The recovery code: the one secret that opens backups on another machine."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

LENGTH = 20
CHECK = 5


class WrongCodeError(Exception):
    """What was typed is no recovery code; the message says why."""


def path() -> Path:
    return Path(settings.HOME.keys) / "recovery-code"


def code() -> str:
    """This Porchlight's recovery code, made at the first call."""
    try:
        return path().read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _make()


def key(typed: str) -> bytes:
    """The key that a recovery code stands for. Forgives case, spaces, and 0/O, 1/I."""
    try:
        raw = base64.b32decode(_plain(typed))
    except ValueError as error:
        raise WrongCodeError("A recovery code has 40 letters and digits from A-Z, 2-7.") from error
    secret, check = raw[:LENGTH], raw[LENGTH:]
    if len(check) != CHECK or check != _check(secret):
        raise WrongCodeError("This recovery code has a slip in it: compare it letter by letter.")
    return hashlib.scrypt(secret, salt=b"porchlight recovery", n=2**14, r=8, p=1, dklen=32)


def keep(typed: str) -> None:
    """Take over the code of the Porchlight that was restored, so that its backups stay readable."""
    key(typed)
    _write(_spaced(_plain(typed)))


def _plain(typed: str) -> str:
    return "".join(typed.upper().replace("0", "O").replace("1", "I").replace("-", " ").split())


def _make() -> str:
    secret = secrets.token_bytes(LENGTH)
    made = _spaced(base64.b32encode(secret + _check(secret)).decode("ascii"))
    _write(made)
    return made


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"check " + secret).digest()[:CHECK]


def _spaced(plain: str) -> str:
    return "-".join(plain[i : i + 5] for i in range(0, len(plain), 5))


def _write(made: str) -> None:
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path().with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(made + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path())
