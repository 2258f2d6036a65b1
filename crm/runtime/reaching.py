"""Under which address Porchlight can be opened, from where, and what works because of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import qrcode
from django.conf import settings

from crm.runtime.knocking import Knock, Tone

# The light frame that a camera looks for around a code.
MARGIN = 4


@dataclass(frozen=True)
class Place:
    """Where we answer: from anywhere and in the same network; empty where we don't."""

    public: str
    near: str

    @property
    def encrypted(self) -> bool:
        return urlsplit(self.public).scheme == "https"


@dataclass(frozen=True)
class Way:
    """Something that reaches us or is reached, how it is now, and while the machine sleeps."""

    name: str
    tone: Tone
    word: str
    sentence: str
    asleep: str
    # It stands and falls with the public address.
    by_address: bool = False


_ways: dict[str, Callable[[Place], Way]] = {}


def register(name: str, say: Callable[[Place], Way]) -> None:
    """A room's line on the page of being reachable."""
    _ways[name] = say


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
    knock: Knock | None = None

    @property
    def address(self) -> str:
        """What a phone should open."""
        return self.public or self.near

    @property
    def code(self) -> Code | None:
        return code(self.address) if self.address else None


def found(*, port: str, knock: Knock | None = None) -> Reach:
    place = Place(settings.PUBLIC_URL.rstrip("/"), _near(port))
    ways = [say(place) for say in (_phone, _passkeys, *_ways.values())]
    if knock is not None and not knock.arrived:
        ways = [_cut_off(way) if way.by_address else way for way in ways]
    return Reach(place.public, place.near, ways, knock)


def _cut_off(way: Way) -> Way:
    sentence = "The public address does not lead here at the moment: see the check above."
    return replace(way, tone="bad", word="Not now", sentence=sentence)


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


def senders(name: str) -> Callable[[Place], Way]:
    """For what others send us: programs, forms, webhooks."""
    asleep = "They get no answer. Most try again later; what they give up is lost."

    def say(place: Place) -> Way:
        if place.encrypted:
            sentence = f"They reach Porchlight at {place.public}, wherever they are."
            return Way(name, "good", "Anywhere", sentence, asleep, by_address=True)
        if place.public or place.near:
            sentence = "Their way is not encrypted: only in a network that you trust."
            return Way(
                name, "warm", "Not encrypted", sentence, asleep, by_address=bool(place.public)
            )
        return Way(name, "warm", "Here only", "Those on this machine get through.", asleep)

    return say


def _phone(place: Place) -> Way:
    asleep = "No page opens, wherever it is opened from."
    if place.public:
        sentence = f"It opens {place.public} wherever it is."
        return Way("Your phone", "good", "Anywhere", sentence, asleep, by_address=True)
    if place.near:
        sentence = f"In the same network it opens {place.near}; elsewhere it can't."
        return Way("Your phone", "warm", "At home", sentence, asleep)
    sentence = "Only this machine can open Porchlight. Choose one of the ways below."
    return Way("Your phone", "bad", "Not yet", sentence, asleep)


def _passkeys(place: Place) -> Way:
    asleep = "Nobody signs in."
    if place.encrypted:
        sentence = (
            f"They belong to {urlsplit(place.public).hostname}. Under another name, or after a "
            "move to one, they don't work: sign in with password and code, and add new ones."
        )
        return Way("Passkeys", "good", "Everywhere", sentence, asleep, by_address=True)
    sentence = (
        "Browsers take them on this machine, under the name localhost, and under an address with "
        "HTTPS. On a phone sign in with password and code until there is one."
    )
    return Way("Passkeys", "warm", "Here only", sentence, asleep)
