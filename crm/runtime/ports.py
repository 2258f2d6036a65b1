"""The address that `up` answers at: the wished port, or the next free one."""

from __future__ import annotations

import argparse
import errno
import socket

import psutil

from crm.runtime.refusal import Refusal

TRIES = 50
LAST = 65535
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def number(text: str) -> int:
    """For options: what a person may type."""
    if text.isdecimal() and 1 <= int(text) <= LAST:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LAST}")


def listen(host: str, port: int) -> socket.socket:
    last = min(port + TRIES - 1, LAST)
    for number in range(port, last + 1):
        try:
            return _bound(host, number)
        except (OSError, TypeError) as error:
            # The latter for what is no name in any alphabet.
            if getattr(error, "errno", None) != errno.EADDRINUSE:
                raise Refusal(_reason(error, host, number)) from error
    raise Refusal(f"All ports from {port} to {last} are taken. Name another one with --port.")


def _reason(error: Exception, host: str, port: int) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} is for the system's own services. Take one above 1023: --port 8000."
    return (
        f"This machine has no address {host}. `--host 127.0.0.1` answers on this machine alone, "
        "`--host 0.0.0.0` in its network, too."
    )


def names(host: str) -> list[str]:
    """What a browser may call us, so that no stranger's name leads here."""
    own = ["localhost", "127.0.0.1", "[::1]"]
    if host not in EVERYWHERE:
        return [*own, host]
    addresses = [item.address for items in psutil.net_if_addrs().values() for item in items]
    return [*own, socket.gethostname(), *(name for name in addresses if name.count(".") == 3)]


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port that we ourselves just left is free; one that somebody listens on is not.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except (OSError, TypeError):
        listening.close()
        raise
    return listening
