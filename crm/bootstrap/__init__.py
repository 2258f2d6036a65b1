"""The first run: builds .venv from the hashed lock, then runs inside it.

Standard library only, for nothing else is there yet; manage.py has made sure of Python 3.11.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from crm.bootstrap.builder import set_up
from crm.bootstrap.environment import Environment
from crm.bootstrap.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
# It needs the tools of requirements-dev.lock; everything else runs on requirements.lock alone.
DEVELOPMENT_COMMANDS = {"test"}
# It may have to go back, so it clears the old environment away by itself.
KEEPING_THE_OLD = {"upgrade"}


def ensure(arguments: Sequence[str]) -> None:
    """Come back when this process has all it needs; else hand its place to one that has."""
    development = len(arguments) > 1 and arguments[1] in DEVELOPMENT_COMMANDS
    environment = Environment(ROOT, development=development)
    if is_served_elsewhere(environment):
        return
    with told_plainly():
        keep = len(arguments) > 1 and arguments[1] in KEEPING_THE_OLD
        if set_up(environment, keep_old=keep) or not environment.is_current():
            enter(environment)


def is_served_elsewhere(environment: Environment) -> bool:
    """Whether the person brought an environment of their own that has everything."""
    if os.environ.get("PORCHLIGHT_NO_BOOTSTRAP"):
        return True
    if sys.prefix == sys.base_prefix or environment.is_current():
        return False
    return all(_is_installed(name) for name in environment.packages)


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def enter(environment: Environment) -> None:
    # A process keeps its number through exec: seen again outside, entering has not worked.
    if os.environ.get("PORCHLIGHT_ENTERED") == str(os.getpid()) and not environment.is_current():
        raise Trouble(f"{environment.path} does not work. Delete it and run the same command.")
    sys.stdout.flush()
    os.environ["PORCHLIGHT_ENTERED"] = str(os.getpid())
    python = str(environment.python)
    os.execv(python, [python, *sys.orig_argv[1:]])  # noqa: S606


@contextmanager
def told_plainly() -> Iterator[None]:
    try:
        yield
    except Trouble as trouble:
        sys.exit(f"Porchlight: {trouble}")
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        sys.exit(130)
