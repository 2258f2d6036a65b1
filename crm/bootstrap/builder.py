from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from crm.bootstrap.environment import Environment, python_version
from crm.bootstrap.installers import find_uv, run
from crm.bootstrap.trouble import Trouble, trouble

SPACE_NEEDED = 700_000_000


def set_up(environment: Environment, *, keep_old: bool = False) -> bool:
    """Whether there was anything to do."""
    if environment.is_complete():
        return False
    if not os.access(environment.root, os.W_OK):
        raise Trouble(
            f"{environment.root} can't be written to. Copy the folder to your own home, "
            "or run once as the user whom it belongs to."
        )
    try:
        with _alone(environment) as held:
            if not environment.is_complete():
                Builder(environment, held, keep_old).build()
    except OSError as error:
        raise trouble(str(error)) from error
    return True


@contextmanager
def _alone(environment: Environment) -> Iterator[int]:
    """One set-up at a time; an installer left behind by a killed one counts too."""
    held = os.open(environment.root / ".venv.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work here; waiting for it to end …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield held
    finally:
        os.close(held)


@dataclass(frozen=True)
class Builder:
    """Makes the environment, or adds the development tools to one that is whole."""

    environment: Environment
    held: int
    keep_old: bool = False

    def build(self) -> None:
        started = time.monotonic()
        self._check_space()
        if self.environment.plain.is_complete():
            say("Adding the development tools to .venv, once …")
            self._install()
        else:
            say(f"Porchlight is setting itself up in {self.environment.path}, once …")
            self._replace()
        self.environment.write_stamp()
        # With another PostgreSQL's programs in it, `upgrade` needs them to read the old data.
        if not self.keep_old and self.environment.brings_the_same_postgres():
            shutil.rmtree(self.environment.aside, ignore_errors=True)
        say(f"Set up in {time.monotonic() - started:.0f} s.")

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.environment.root).free
        if free < SPACE_NEEDED:
            raise Trouble(
                f"There are {free // 1_000_000} MB free on the disk of {self.environment.root}, "
                f"and {SPACE_NEEDED // 1_000_000} MB are needed. Free some and run again."
            )

    def _replace(self) -> None:
        """The old one stands aside until the new one is whole, and comes back if it fails."""
        self._clear()
        try:
            self._create()
            self._install()
        except BaseException:
            shutil.rmtree(self.environment.path, ignore_errors=True)
            if self.environment.aside.exists():
                self.environment.aside.rename(self.environment.path)
            raise

    def _clear(self) -> None:
        here = self.environment.path
        if self.environment.stamp.exists():
            shutil.rmtree(self.environment.aside, ignore_errors=True)
            here.rename(self.environment.aside)
        elif here.is_symlink() or here.is_file():
            here.unlink()
        elif here.exists():
            say("The .venv that is here was not finished; making it again.")
            shutil.rmtree(here)

    def _create(self) -> None:
        say(f"  making an environment with Python {sys.version.split()[0]}")
        base = str(getattr(sys, "_base_executable", None) or sys.executable)
        target = str(self.environment.path)
        if uv := find_uv():
            self._run([uv, "venv", "--quiet", "--python", base, target])
        else:
            _demand_venv()
            self._run([base, "-m", "venv", target])

    def _install(self) -> None:
        lock = str(self.environment.lock)
        rules = ["--require-hashes", "--only-binary", ":all:", "--requirement", lock]
        python = str(self.environment.python)
        count = len(self.environment.packages)
        if uv := find_uv():
            say(f"  fetching and installing {count} packages with uv")
            self._run([uv, "pip", "install", "--python", python, "--compile-bytecode", *rules])
        else:
            say(f"  fetching and installing {count} packages with pip; a minute or so")
            self._ensure_pip(python)
            self._run([python, "-m", "pip", "install", "--no-input", *rules])

    def _ensure_pip(self, python: str) -> None:
        """An environment that uv made has none."""
        if not list((self.environment.path / "lib").glob("python3.*/site-packages/pip")):
            _demand_venv()
            self._run([python, "-m", "ensurepip"])

    def _run(self, command: list[str]) -> None:
        run(command, folder=self.environment.root, held=self.held)


def _demand_venv() -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise Trouble(
            "Python's venv module is missing. Install it (on Debian and Ubuntu: "
            f"sudo apt install python{python_version()}-venv), then run the same command again."
        )


def say(words: str) -> None:
    print(words, flush=True)
