"""The one client for requests that leave the house.

An address that somebody typed or sent may point inward. So the name is resolved once, every
answer is checked, and the connection goes to the checked address itself: a name that changes its
mind in between gains nothing. TLS still asks for the name's own certificate.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from django.conf import settings

from crm.runtime.outside import Refused, Target, UnknownName, addresses, target

LARGEST = 2_000_000
LONGEST = 15.0
PIECE = 65_536
REDIRECTS = {301, 302, 303, 307, 308}
# Meant for the first host alone.
PRIVATE = {"authorization", "cookie"}
NOTHING: Mapping[str, str] = {}


Why = Literal["name", "certificate", "silence", "speech"]


class Unreachable(Exception):
    """Nobody answered, or not as the protocol wants. Trying later may help."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"It did not answer as it should ({type(error).__name__}).")
        self.why = _why(error)


def _why(error: Exception) -> Why:
    if isinstance(error, UnknownName):
        return "name"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    silent = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
    return "silence" if silent else "speech"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class Limits:
    """What the caller allows. Times are for the whole exchange, redirects included."""

    seconds: float = LONGEST
    size: int = LARGEST
    redirects: int = 3
    schemes: Collection[str] = ("https",)
    ports: Collection[int] = (443,)


HOUSE = Limits()


def get(url: str, *, headers: Mapping[str, str] = NOTHING, limits: Limits = HOUSE) -> Answer:
    return request("GET", url, headers=headers, limits=limits)


def post(
    url: str, *, body: bytes, headers: Mapping[str, str] = NOTHING, limits: Limits = HOUSE
) -> Answer:
    return request("POST", url, body=body, headers=headers, limits=limits)


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] = NOTHING,
    limits: Limits = HOUSE,
) -> Answer:
    """Raises Refused for an address that is not outside, Unreachable when it fails there."""
    until = time.monotonic() + limits.seconds
    for _ in range(limits.redirects + 1):
        here = target(url, schemes=limits.schemes, ports=limits.ports)
        answer = _exchange(method, here, body, headers, limits, until)
        if answer.status not in REDIRECTS or "location" not in answer.headers:
            return answer
        url = urljoin(url, answer.headers["location"])
        headers = _for_next(headers, here, url, limits)
        if method != "GET" and answer.status not in (307, 308):
            method, body = "GET", None
    raise Refused("It leads from one address to the next too often.")


def _for_next(
    headers: Mapping[str, str], here: Target, url: str, limits: Limits
) -> Mapping[str, str]:
    there = target(url, schemes=limits.schemes, ports=limits.ports)
    if (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port):
        return headers
    return {name: value for name, value in headers.items() if name.lower() not in PRIVATE}


def _exchange(
    method: str,
    here: Target,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: Limits,
    until: float,
) -> Answer:
    channel: socket.socket | None = None
    try:
        channel = _connected(here, until)
        with _ended_at(channel, until):
            return _asked(method, here, body, headers, limits, channel)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(error) from None
    finally:
        if channel is not None:
            channel.close()


def _asked(
    method: str,
    here: Target,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: Limits,
    channel: socket.socket,
) -> Answer:
    connection = http.client.HTTPConnection(here.host, here.port)
    connection.sock = channel
    sent = {"User-Agent": "Porchlight", "Accept-Encoding": "identity", **headers}
    connection.request(method, here.path, body=body, headers={"Host": here.name, **sent})
    response = connection.getresponse()
    told = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, told, _body(response, limits.size), here.url)


@contextmanager
def _ended_at(channel: socket.socket, until: float) -> Iterator[None]:
    """Whatever drips in, at whatever step: at the end of the time the line is cut."""
    # A file number of its own: TLS must not notice before the line is down.
    line = socket.socket(channel.family, channel.type, fileno=os.dup(channel.fileno()))
    timer = threading.Timer(_left(until), _cut, [line])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _connected(here: Target, until: float) -> socket.socket:
    """To the first of the checked addresses that answers; no name is looked up from here on."""
    problem: OSError = OSError()
    for family, address in addresses(here, loopback=settings.OUTGOING_LOOPBACK):
        channel = socket.socket(family, socket.SOCK_STREAM)
        try:
            channel.settimeout(_left(until))
            channel.connect((address, here.port))
            with _ended_at(channel, until):
                return _wrapped(channel, here)
        except OSError as error:
            channel.close()
            problem = error
    raise problem


def _wrapped(channel: socket.socket, here: Target) -> socket.socket:
    if here.scheme != "https":
        return channel
    return ssl.create_default_context().wrap_socket(channel, server_hostname=here.host)


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    """Piece by piece, so that a flood is met before it is held."""
    pieces, size = [], 0
    while piece := response.read1(PIECE):
        size += len(piece)
        if size > most:
            raise Refused("The answer is larger than it may be.")
        pieces.append(piece)
    return b"".join(pieces)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
