from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm.runtime import passphrase, processes
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.vault import keyring, keyring_file
from crm.vault.keyring import Keyring
from crm.vault.keyring_file import Lock
from tests.crm.runtime.test_up import BASE, Up, free_port

RIGHT = "correct horse battery staple"


def lock(place: Home) -> None:
    """A keyring under a quick lock: what is tried here is the asking, not Argon2."""
    place.keys.mkdir(parents=True, exist_ok=True)
    made = Lock.again(RIGHT, salt=b"0123456789abcdef", memory=64, rounds=1, lanes=1)
    body = keyring._body(Keyring.new())
    keyring_file.write(place.keys / "keyring.json", keyring_file.closed(body, made))


@pytest.fixture
def locked(tmp_path: Path) -> Home:
    place = Home(tmp_path)
    lock(place)
    return place


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person types, one line a question; a fourth question finds nothing."""
    typed: list[str] = []
    monkeypatch.setattr(passphrase, "getpass", lambda _question: typed.pop(0))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return typed


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(passphrase.NAME, raising=False)


def test_open_keyring_asks_nothing(tmp_path: Path, answers: list[str]) -> None:
    place = Home(tmp_path)
    assert passphrase.take(place) == ""
    place.keys.mkdir()
    body = keyring._body(Keyring.new())
    keyring_file.write(place.keys / "keyring.json", keyring_file.closed(body, None))
    assert passphrase.take(place) == ""


def test_third_try_may_be_right(
    locked: Home, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += ["wrong", "", RIGHT]
    assert passphrase.take(locked) == RIGHT
    assert capsys.readouterr().out.splitlines() == [
        "That passphrase does not open the keyring. 2 more tries.",
        "That passphrase does not open the keyring. One more try.",
    ]


def test_three_wrong_ones_end_it(locked: Home, answers: list[str]) -> None:
    answers += ["wrong", "wronger", "wrongest", RIGHT]
    with pytest.raises(Refusal, match=r"^Nothing was started, and nothing was changed\.$"):
        passphrase.take(locked)
    assert answers == [RIGHT]


def test_given_one_leaves_the_environment(
    locked: Home, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setenv(passphrase.NAME, RIGHT)
    assert passphrase.take(locked) == RIGHT
    assert passphrase.NAME not in os.environ


def test_wrong_given_one_is_refused(locked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passphrase.NAME, "wrong")
    with pytest.raises(Refusal, match="PORCHLIGHT_PASSPHRASE does not open the keyring"):
        passphrase.take(locked)


def test_without_a_terminal_it_says_what_to_do(
    locked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(Refusal, match="no terminal to ask"):
        passphrase.take(locked)


@pytest.fixture
def at_terminal(ready: Home) -> Iterator[tuple[Up, int]]:
    """`up` as started in a terminal, and the terminal's other end."""
    lock(ready)
    person, theirs = pty.openpty()
    running = Up(ready, "--port", str(free_port()), terminal=theirs)
    os.close(theirs)
    yield running, person
    running.sweep()
    os.close(person)


@pytest.mark.machine
def test_up_asks_and_only_those_who_open_get_it(at_terminal: tuple[Up, int]) -> None:
    up, person = at_terminal
    assert up.heard("Passphrase of the keyring: ")
    os.write(person, f"{RIGHT}\n".encode())
    assert up.healthy()
    assert processes.wait_until(lambda: up.child("beat") != 0, 30)
    told = {name: up.child(name) for name in ("web", "worker", "beat")}
    got = {n: psutil.Process(p).environ().get(passphrase.NAME) for n, p in told.items()}
    assert got == {"web": RIGHT, "worker": RIGHT, "beat": ""}
    database = Server(up.home).pid()
    assert database is not None
    assert passphrase.NAME not in psutil.Process(database).environ()
    assert written_in(up.home.root) == []


@pytest.mark.machine
def test_ctrl_c_at_the_question_ends_it(at_terminal: tuple[Up, int]) -> None:
    up, _ = at_terminal
    assert up.heard("Passphrase of the keyring: ")
    assert up.stop(signal.SIGINT) < 5


def written_in(folder: Path) -> list[str]:
    """Files that hold the passphrase."""
    found = subprocess.run(
        ["grep", "-rlF", RIGHT, str(folder)], capture_output=True, text=True, check=False, cwd=BASE
    )
    return found.stdout.splitlines()
