"""The address that `up` answers at: the wished port, or the next free one."""

from __future__ import annotations

import errno
import socket

import psutil

TRIES = 50
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def listen(host: str, port: int) -> socket.socket:
    for number in range(port, port + TRIES):
        try:
            return _bound(host, number)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"all ports from {port} to {port + TRIES - 1} are taken")


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
    except OSError:
        listening.close()
        raise
    return listening
