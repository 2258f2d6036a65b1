from __future__ import annotations

import argparse
import socket
from contextlib import closing

import pytest

from crm.runtime import ports
from crm.runtime.refusal import Refusal

pytestmark = pytest.mark.machine


@pytest.mark.parametrize("text", ["0", "-1", "65536", "eight", ""])
def test_what_is_no_port_is_said(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a number from 1 to 65535"):
        ports.number(text)


def test_ports_at_both_ends_are_taken() -> None:
    assert [ports.number(text) for text in ("1", "65535")] == [1, 65535]


# The second is nobody's, by the standard that keeps such names for tests; the third is no name.
@pytest.mark.parametrize("host", ["192.0.2.1", "nothing.invalid", "é..b"])
def test_address_of_another_machine_is_said(host: str) -> None:
    with pytest.raises(Refusal, match=rf"This machine has no address {host}\. `--host 127"):
        ports.listen(host, 8000)


def test_port_of_the_system_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ports, "_bound", refused)

    with pytest.raises(Refusal, match=r"Port 80 is for the system's own services\. Take one"):
        ports.listen("127.0.0.1", 80)


def test_last_port_taken_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "LAST", taken)

        with pytest.raises(Refusal, match=f"All ports from {taken} to {taken} are taken"):
            ports.listen("127.0.0.1", taken)
