"""Whether an address lies outside: neither this machine nor anything near it."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from urllib.parse import quote, urlsplit

PORTS = {"https": 443, "http": 80}
NAME = re.compile(r"(?=.{1,253}\Z)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}(?<!-)\Z")
# What a resolver takes for an IPv4 address though it does not look like one: 127.1, 0x7f.0.0.1.
NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
INWARD = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion")
# is_global of Python 3.11 lets a few of these pass.
NOT_OUTSIDE_4 = [
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Only what was given out as ordinary addresses: NAT64, mapped and local ones lie elsewhere.
OUTSIDE_6 = IPv6Network("2000::/3")
NOT_OUTSIDE_6 = [
    IPv6Network(net)
    for net in (
        "2001::/23",  # Teredo and other special purposes
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]


class Refused(Exception):
    """An address that we don't ask, or an answer that we don't take. Trying again won't help."""


class Inside(Refused):
    """The address stands for this machine or something near it."""

    def __init__(self) -> None:
        super().__init__("It points inside.")


class UnknownName(OSError):
    """No resolver knows the name, or none can be asked."""


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.name}{self.path}"


def target(url: str, *, schemes: Collection[str], ports: Collection[int]) -> Target:
    """The parts of an address that can mean one thing only; anything doubtful is refused."""
    if not url.isascii() or any(sign <= " " or sign in '\\"<>^`{|}\x7f' for sign in url):
        raise Refused("It is not written as an address of the web.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("It is not written as an address of the web.") from None
    if parts.scheme not in schemes or parts.scheme not in PORTS:
        raise Refused(f"Only {' and '.join(schemes)} is asked.")
    if "@" in parts.netloc:
        raise Refused("It carries a name or password before the host.")
    port = PORTS[parts.scheme] if port is None else port
    if port not in ports:
        raise Refused("That port is not asked.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return Target(
        parts.scheme,
        _host(parts.hostname or ""),
        port,
        f"{path}?{parts.query}" if parts.query else path,
    )


def _host(host: str) -> str:
    host = host.removesuffix(".")
    if ":" in host:
        if "%" in host:
            raise Refused("Its address names a network card.")
        return host
    if not NAME.match(host):
        raise Refused("Its host is no name.")
    if NUMBER.match(host.rpartition(".")[2]) and not _is_plain(host):
        raise Refused("Its host is a number in disguise.")
    return host


def _is_plain(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def addresses(here: Target, *, loopback: bool) -> list[tuple[socket.AddressFamily, str]]:
    """All that the name stands for. One that lies inside spoils the rest."""
    if not loopback and any(f".{here.host}".endswith(f".{end}") for end in INWARD):
        raise Inside
    try:
        found = socket.getaddrinfo(here.host, here.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownName from None
    known: list[tuple[socket.AddressFamily, str]] = [
        (family, str(place[0])) for family, _, _, _, place in found
    ]
    for _, address in known:
        if not is_outside(address) and not (loopback and _is_loopback(address)):
            raise Inside
    return known


def _is_loopback(address: str) -> bool:
    return "%" not in address and ip_address(address).is_loopback


def is_outside(address: str) -> bool:
    if "%" in address:
        return False
    place = ip_address(address)
    if isinstance(place, IPv6Address):
        return place in OUTSIDE_6 and not any(place in net for net in NOT_OUTSIDE_6)
    return not any(place in net for net in NOT_OUTSIDE_4)
