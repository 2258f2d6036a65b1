"""Under which address Porchlight can be opened, from where, and what works because of it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import qrcode
from django.conf import settings

# The light frame that a camera looks for around a code.
MARGIN = 4


@dataclass(frozen=True)
class Way:
    name: str
    tone: Literal["good", "warn", "bad"]
    word: str
    sentence: str


@dataclass(frozen=True)
class Code:
    """A QR code as one path of an SVG, so that it needs no style and no script."""

    size: int
    path: str


@dataclass(frozen=True)
class Reach:
    public: str
    near: str
    ways: list[Way]

    @property
    def address(self) -> str:
        """What a phone should open."""
        return self.public or self.near

    @property
    def code(self) -> Code | None:
        return code(self.address) if self.address else None


def found(*, port: str) -> Reach:
    public, near = settings.PUBLIC_URL.rstrip("/"), _near(port)
    return Reach(public, near, [_phone(public, near), _passkeys(public), _asleep()])


def code(address: str) -> Code:
    made = qrcode.QRCode(border=MARGIN)
    made.add_data(address)
    rows = made.get_matrix()
    dots = ((x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Code(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dots))


def _near(port: str) -> str:
    """Where the same network finds us: `up --host` puts those addresses among our names."""
    for name in (host.strip("[]") for host in settings.ALLOWED_HOSTS):
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            continue
        if address.is_private and not address.is_loopback and not address.is_link_local:
            return f"http://{name}:{port}" if address.version == 4 else f"http://[{name}]:{port}"
    return ""


def _phone(public: str, near: str) -> Way:
    if public:
        return Way("Your phone", "good", "Anywhere", f"It opens {public} wherever it is.")
    if near:
        sentence = f"In the same network it opens {near}; elsewhere it can't."
        return Way("Your phone", "warn", "At home", sentence)
    sentence = "Only this machine can open Porchlight. Choose one of the ways below."
    return Way("Your phone", "bad", "Not yet", sentence)


def _passkeys(public: str) -> Way:
    parts = urlsplit(public)
    if parts.scheme == "https":
        sentence = (
            f"They belong to {parts.hostname}. Under another name, or after a move to one, "
            "they don't work: sign in with password and code, and add new ones."
        )
        return Way("Passkeys", "good", "Everywhere", sentence)
    sentence = (
        "Browsers take them on this machine, under the name localhost, and under an address with "
        "HTTPS. On a phone sign in with password and code until there is one."
    )
    return Way("Passkeys", "warn", "Here only", sentence)


def _asleep() -> Way:
    sentence = (
        "While this machine sleeps or is off, no page answers, wherever it is opened from. "
        "What was due meanwhile is done when it wakes."
    )
    return Way("The machine asleep", "warn", "Waits", sentence)
