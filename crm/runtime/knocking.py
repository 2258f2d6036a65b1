"""Asks our own public address for ourselves. What answers must show that it holds our key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from crm.runtime import outgoing
from crm.runtime.outgoing import Answer, Limits, Unreachable, Why
from crm.runtime.outside import PORTS, Inside, Refused, addresses, target

Tone = Literal["good", "warm", "bad"]
SALT = "crm.runtime.knocking"
LASTS = 60
SECONDS = 10.0
LARGEST = 50_000
# What proxies and tunnels say when nobody stands behind them.
NOBODY_BEHIND = {502, 503, 504, 521, 522, 523, 530}


@dataclass(frozen=True)
class Knock:
    """What came of it, in a word and a sentence with the way out."""

    tone: Tone
    word: str
    sentence: str

    @property
    def arrived(self) -> bool:
        return self.tone != "bad"


def answer_to(asked: str) -> str:
    """What only we can answer, to what only we can have asked: strangers learn nothing."""
    try:
        signing.loads(asked, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return ""
    return _proof(asked)


def _proof(asked: str) -> str:
    return salted_hmac(f"{SALT}.answer", asked, algorithm="sha256").hexdigest() + "\n"


def knock(public: str) -> Knock:
    if not public:
        return Knock("bad", "No address", "PUBLIC_URL is not set, so there is nothing to ask.")
    asked = signing.dumps(secrets.token_urlsafe(16), salt=SALT)
    url = f"{public.rstrip('/')}{reverse('healthz')}?{urlencode({'knock': asked})}"
    try:
        answer = outgoing.get(url, limits=_limits(public))
    except Inside:
        return _private(public) if _stands_inside(public) else LED_INSIDE
    except Refused as refusal:
        return Knock("bad", "Not asked", f"{public} can't be asked. {refusal}")
    except Unreachable as trouble:
        return _unreachable(public, trouble.why)
    return _answered(public, answer, f"well\n{_proof(asked)}".encode())


def _limits(public: str) -> Limits:
    parts = urlsplit(public)
    try:
        port = parts.port or PORTS.get(parts.scheme, 443)
    except ValueError:
        port = 443
    ports = {*PORTS.values(), port}
    return Limits(seconds=SECONDS, size=LARGEST, redirects=3, schemes=tuple(PORTS), ports=ports)


def _stands_inside(public: str) -> bool:
    limits = _limits(public)
    try:
        here = target(public, schemes=limits.schemes, ports=limits.ports)
        addresses(here, loopback=settings.OUTGOING_LOOPBACK)
    except Inside:
        return True
    except (Refused, OSError):
        return False
    return False


LED_INSIDE = Knock(
    "bad",
    "Led inside",
    "What answers there leads on to an address of your own network; often it is the router's own "
    "page. See that the router passes the port on, and try a phone with its Wi-Fi off.",
)


def _private(public: str) -> Knock:
    return Knock(
        "bad",
        "Private",
        f"{urlsplit(public).hostname} stands for an address of your own network or machine. From "
        "outside it leads nowhere. Enter the outer address with your DNS provider, or use a "
        "tunnel.",
    )


def _unreachable(public: str, why: Why) -> Knock:
    host = urlsplit(public).hostname
    if why == "name":
        return Knock(
            "bad",
            "Unknown name",
            f"The name {host} was not found. Look for a slip in PUBLIC_URL, see that the name "
            "stands with your DNS provider, and that this machine is online.",
        )
    if why == "certificate":
        return Knock(
            "bad",
            "Certificate",
            f"The certificate that is shown for {host} is not valid: it is another name's, has "
            "run out, or nobody vouches for it. Renew it at the proxy or the tunnel.",
        )
    if why == "silence":
        return Knock(
            "bad",
            "No answer",
            f"Nobody answers at {public}. See that the tunnel or the proxy runs, and that the "
            "router passes the port on. Some routers let nobody ask from within: before you "
            "change anything, try a phone with its Wi-Fi off.",
        )
    return Knock(
        "bad",
        "Not understood",
        f"Something answers at {public}, but not in the way of the web. See which port the proxy "
        "or the router passes on, and whether HTTPS is spoken there.",
    )


def _answered(public: str, answer: Answer, expected: bytes) -> Knock:
    if answer.status == 200 and constant_time_compare(answer.body, expected):
        return _ourselves(public, answer)
    if answer.status in NOBODY_BEHIND:
        return Knock(
            "bad",
            "Nobody behind it",
            f"The tunnel or proxy answers ({answer.status}) and does not reach Porchlight. See "
            "that it passes requests on to Porchlight's port.",
        )
    if answer.status == 400:
        return Knock(
            "bad",
            "Another name",
            "Something refuses the request (400), as Porchlight does when a proxy changes the "
            "name in it. Let the proxy pass the Host header on as it came.",
        )
    if answer.body.startswith(b"well"):
        return Knock(
            "bad", "Another one", f"Another Porchlight, or an older one, answers at {public}."
        )
    return Knock(
        "bad",
        "Something else",
        f"Something else answers at {public} ({answer.status}): another program, or a sign-in "
        "that the tunnel puts before every page.",
    )


def _ourselves(public: str, answer: Answer) -> Knock:
    asked, came = urlsplit(public), urlsplit(answer.url)
    if (asked.scheme, asked.hostname) != (came.scheme, came.hostname):
        other = f"{came.scheme}://{came.netloc}"
        sentence = f"It leads here by way of {other}. Set PUBLIC_URL to that address."
        return Knock("warm", "Leads on", sentence)
    if asked.scheme == "http":
        sentence = f"{public} leads here, and everything on the way can be read by others."
        return Knock("warm", "Not encrypted", sentence)
    return Knock("good", "It works", f"This machine asked {public} and reached itself.")
