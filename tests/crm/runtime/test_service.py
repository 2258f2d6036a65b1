from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import tempfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from crm.runtime import service
from crm.runtime.home import Home
from crm.runtime.locks import FileLock
from crm.runtime.refusal import Refusal
from crm.runtime.service import LABEL, UNIT, Launchd, Systemd, Wish
from tests.crm.runtime.test_passphrase import lock

# Remembers how it was called; `is-active` and `print` say what the file `active` says.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *start*|*bootstrap*) touch "$CALLS.active" ;;
  *disable*|*bootout*) rm -f "$CALLS.active" ;;
  *is-active*|print*) test -e "$CALLS.active" ;;
esac
"""


@pytest.fixture(autouse=True)
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ordinary user whose folders have spaces, with recording systemctl and launchctl."""
    programs, home = tmp_path / "programs", tmp_path / "Ana Cruz 100%"
    programs.mkdir()
    home.mkdir()
    for name in ("systemctl", "launchctl"):
        (programs / name).write_text(PROGRAM)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("HOME", str(home))
    for name in (*service.SETTINGS, "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return home


@pytest.fixture
def place(person: Path) -> Home:
    return Home(person / "my data")


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


def test_unit_quotes_what_has_spaces_and_percents(place: Home) -> None:
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(Systemd().content(Wish(place, port=8100)).decode())
    manage = service.BASE / "manage.py"
    wanted = f':"{service.python()}" "{manage}" "up" "--host" "127.0.0.1" "--port" "8100"'
    assert unit["Service"]["ExecStart"] == wanted
    escaped = str(place.root).replace("%", "%%")
    assert unit["Service"]["Environment"] == f'"PORCHLIGHT_HOME={escaped}"'
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Install"]["WantedBy"] == "default.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_unit(
    place: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / UNIT
    file.write_bytes(Systemd().content(Wish(place)))
    command = ["systemd-analyze", "--user", "verify", str(file)]
    # Sockets of the system's own units stand in it, and their addresses must be short.
    with tempfile.TemporaryDirectory() as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_agent_names_the_same_command(place: Home) -> None:
    wish = Wish(place, port=8100)
    agent = plistlib.loads(Launchd().content(wish))
    assert agent["Label"] == LABEL
    assert agent["ProgramArguments"] == wish.command
    assert agent["EnvironmentVariables"] == {"PORCHLIGHT_HOME": str(place.root)}
    assert (agent["RunAtLoad"], agent["KeepAlive"]) == (True, {"SuccessfulExit": False})


def test_install_starts_it_and_again_changes_nothing(place: Home, tmp_path: Path) -> None:
    said = service.install(Wish(place), Systemd())
    assert said.startswith("Porchlight runs as a service.")
    assert Systemd().file.stat().st_mode & 0o777 == 0o600
    first = [
        "systemctl --user daemon-reload",
        f"systemctl --user enable {UNIT}",
        f"systemctl --user is-active --quiet {UNIT}",
    ]
    assert calls(tmp_path) == [*first, f"systemctl --user start {UNIT}"]
    (tmp_path / "calls").unlink()
    assert service.install(Wish(place), Systemd()) == said
    assert calls(tmp_path) == first


def test_changed_wish_restarts_it(place: Home, tmp_path: Path) -> None:
    service.install(Wish(place), Systemd())
    service.install(Wish(place, port=8100), Systemd())
    assert calls(tmp_path)[-1] == f"systemctl --user restart {UNIT}"


def test_running_by_hand_is_left_alone(place: Home, tmp_path: Path) -> None:
    running = FileLock(place.state / "up.lock")
    assert running.try_exclusive()
    said = service.install(Wish(place), Systemd())
    running.close()
    assert said.startswith("Porchlight runs already, started by hand")
    assert f"systemctl --user start {UNIT}" not in calls(tmp_path)


def test_remove_takes_it_away_once(place: Home, tmp_path: Path) -> None:
    service.install(Wish(place), Systemd())
    assert service.status(place, Systemd()).startswith("Porchlight is a service, and runs")
    assert service.remove(Systemd()).startswith("The service is gone.")
    assert not Systemd().file.exists()
    assert calls(tmp_path)[-2:] == [
        f"systemctl --user disable --now {UNIT}",
        "systemctl --user daemon-reload",
    ]
    assert service.remove(Systemd()) == "No service was installed; nothing to remove."
    wanted = "Porchlight is not installed as a service. It does not run."
    assert service.status(place, Systemd()) == wanted


def test_agent_is_replaced_when_it_changed(place: Home, tmp_path: Path) -> None:
    service.install(Wish(place), Launchd())
    service.install(Wish(place, port=8100), Launchd())
    did = [call.split()[1] for call in calls(tmp_path)]
    assert did == ["print", "bootstrap", "print", "bootout", "bootstrap"]


def test_root_and_a_passphrase_are_refused(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(place)
    with pytest.raises(Refusal, match="can't ask for"):
        service.install(Wish(place), Systemd())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Refusal, match="this is root"):
        service.install(Wish(place), Systemd())
    assert not Systemd().file.exists()


def test_the_passphrase_goes_into_no_file(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_PASSPHRASE", "correct horse")
    monkeypatch.setenv("EMAIL_URL", "smtp://ana:secret@mail.example.com")
    for by in (Systemd(), Launchd()):
        content = by.content(Wish(place))
        assert b"correct horse" not in content
        assert b"smtp://ana:secret@mail.example.com" in content


def test_every_setting_of_an_owner_is_taken_along() -> None:
    described = re.findall(
        r"^\| `([A-Z_0-9]+)`", (service.BASE / "docs/settings.md").read_text(), re.M
    )
    # A server's own, a developer's, and the passphrase.
    left = {"HOST", "PORT", "DEBUG", "OUTGOING_LOOPBACK", "PORCHLIGHT_FAILPOINTS"}
    left |= {"PORCHLIGHT_NO_BOOTSTRAP", "PORCHLIGHT_PASSPHRASE"}

    assert set(described) - left == set(service.SETTINGS)


def test_missing_systemd_is_said(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Refusal, match="systemctl is not on this machine"):
        service.install(Wish(place), Systemd())
