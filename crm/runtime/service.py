"""`manage.py service`: `up` at every login, by systemd on Linux and by launchd on macOS."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from crm.runtime import passphrase
from crm.runtime.home import Home
from crm.runtime.locks import FileLock
from crm.runtime.refusal import Refusal

BASE = Path(__file__).resolve().parent.parent.parent
UNIT, LABEL = "porchlight.service", "org.porchlight.up"
# Taken along when they are set: all of docs/settings.md that an owner's `up` reads. Never the
# passphrase: it is in no file.
SETTINGS = (
    *("PORCHLIGHT_HOME", "PORCHLIGHT_KEYS", "PORCHLIGHT_KEYRING", "PUBLIC_URL", "ALLOWED_HOSTS"),
    *("PORCHLIGHT_BACKUPS", "PORCHLIGHT_KEY_BACKUPS", "FORWARDED_ALLOW_IPS", "LOG_LEVEL"),
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_URL", "EMAIL_FROM"),
    *("PHONE_REGION", "ATTACHMENT_MAX_MB", "WATCH", "WATCH_SLOW_PAGE_MS", "WATCH_SLOW_QUERY_MS"),
)
AS_ROOT = (
    "A service at login belongs to a person, and this is root. Run this command as the user who "
    "uses Porchlight; for a whole server docs/guide/server.md says what to run."
)
LOCKED = (
    "The keyring is protected by a passphrase, which a service can't ask for. Start `up` by hand, "
    "or take the passphrase away: python3 manage.py vault passphrase --remove"
)
LINGERING = (
    "It starts when you sign in and ends when you sign out. To have it run from the machine's "
    "start on, also when nobody is signed in: loginctl enable-linger"
)
BY_HAND = "Porchlight runs already, started by hand; the service takes over at your next sign-in."


@dataclass(frozen=True)
class Wish:
    """What the service runs: the machine's Python, so that a broken .venv is mended by itself."""

    place: Home
    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def command(self) -> list[str]:
        wanted = ["--host", self.host, "--port", str(self.port)]
        return [str(python()), str(BASE / "manage.py"), "up", *wanted]

    @property
    def environment(self) -> dict[str, str]:
        found = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
        return found | {"PORCHLIGHT_HOME": str(self.place.root)}


@dataclass(frozen=True)
class Systemd:
    @property
    def file(self) -> Path:
        base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return Path(base) / "systemd" / "user" / UNIT

    def content(self, wish: Wish) -> bytes:
        settings = [f"Environment={_quoted(f'{k}={v}')}" for k, v in wish.environment.items()]
        # The colon: no $ in a path is taken for a variable.
        command = " ".join(_quoted(part) for part in wish.command)
        lines = [
            *("[Unit]", "Description=Porchlight", ""),
            *("[Service]", f"WorkingDirectory={str(BASE).replace('%', '%%')}"),
            *(f"ExecStart=:{command}", *settings, "Restart=on-failure", "RestartSec=10"),
            *("KillMode=mixed", "TimeoutStopSec=20", "UMask=0077", ""),
            *("[Install]", "WantedBy=default.target", ""),
        ]
        return "\n".join(lines).encode()

    def start(self, *, changed: bool, elsewhere: bool) -> str:
        _must("systemctl", "--user", "daemon-reload")
        _must("systemctl", "--user", "enable", UNIT)
        if self.runs():
            if changed:
                _must("systemctl", "--user", "restart", UNIT)
        elif elsewhere:
            return BY_HAND
        else:
            _must("systemctl", "--user", "start", UNIT)
        return f"Porchlight runs as a service. {LINGERING}"

    def stop(self) -> None:
        _run("systemctl", "--user", "disable", "--now", UNIT)

    def forgotten(self) -> None:
        _run("systemctl", "--user", "daemon-reload")

    def runs(self) -> bool:
        return _run("systemctl", "--user", "is-active", "--quiet", UNIT) == ""


@dataclass(frozen=True)
class Launchd:
    @property
    def file(self) -> Path:
        return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def content(self, wish: Wish) -> bytes:
        log = str(wish.place.logs / "service.log")
        agent = {
            "Label": LABEL,
            "ProgramArguments": wish.command,
            "WorkingDirectory": str(BASE),
            "EnvironmentVariables": wish.environment,
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 10,
            "ExitTimeOut": 20,
            "Umask": 0o077,
            "StandardOutPath": log,
            "StandardErrorPath": log,
        }
        return plistlib.dumps(agent)

    def start(self, *, changed: bool, elsewhere: bool) -> str:
        if self.runs():
            if not changed:
                return "Porchlight runs as a service already."
            self.stop()
        elif elsewhere:
            return BY_HAND
        _must("launchctl", "bootstrap", self._domain, str(self.file))
        return "Porchlight runs as a service, and starts when you sign in."

    def stop(self) -> None:
        _run("launchctl", "bootout", f"{self._domain}/{LABEL}")

    def forgotten(self) -> None:
        pass

    def runs(self) -> bool:
        return _run("launchctl", "print", f"{self._domain}/{LABEL}") == ""

    @property
    def _domain(self) -> str:
        return f"gui/{os.getuid()}"


def manager() -> Systemd | Launchd:
    return Launchd() if sys.platform == "darwin" else Systemd()


def install(wish: Wish, by: Systemd | Launchd) -> str:
    """Written anew only when something changed; run twice it does nothing twice."""
    if os.geteuid() == 0:
        raise Refusal(AS_ROOT)
    if passphrase.locked(wish.place) is not None:
        raise Refusal(LOCKED)
    wish.place.logs.mkdir(parents=True, exist_ok=True)
    changed = _write(by.file, by.content(wish))
    return f"{by.start(changed=changed, elsewhere=_runs(wish.place))}\nWritten: {by.file}"


def remove(by: Systemd | Launchd) -> str:
    if not by.file.exists():
        return "No service was installed; nothing to remove."
    by.stop()
    by.file.unlink()
    by.forgotten()
    return "The service is gone. Your data stay where they are; `up` starts Porchlight by hand."


def status(place: Home, by: Systemd | Launchd) -> str:
    if not by.file.exists():
        running = "It runs, started by hand." if _runs(place) else "It does not run."
        return f"Porchlight is not installed as a service. {running}"
    if by.runs():
        return f"Porchlight is a service, and runs ({by.file})."
    running = "It runs, started by hand." if _runs(place) else "It does not run now."
    return f"Porchlight is a service ({by.file}). {running}"


def python() -> Path:
    found = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return found if found.exists() else Path(sys.executable)


def _runs(place: Home) -> bool:
    if not (place.state / "up.lock").exists():
        return False
    lock = FileLock(place.state / "up.lock")
    try:
        return not lock.try_exclusive()
    finally:
        lock.close()


def _write(file: Path, content: bytes) -> bool:
    if file.exists() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    # It may hold addresses with passwords.
    fresh.chmod(0o600)
    fresh.write_bytes(content)
    fresh.replace(file)
    return True


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if any(ord(character) < 32 for character in plain):
        raise Refusal("A setting or a folder's name has a line break in it; systemd takes none.")
    return f'"{plain}"'


def _must(*command: str) -> None:
    said = _run(*command)
    if said:
        raise Refusal(f"`{' '.join(command)}` did not work: {said}")


def _run(*command: str) -> str:
    """What went wrong, in the program's words; empty when nothing did."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return f"{command[0]} is not on this machine, or does not answer."
    return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""
