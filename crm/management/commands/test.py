from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.runtime import broker, postgres


class Command(BaseCommand):
    help = "Runs the tests with pytest, which gets all arguments, on engines of their own."

    def run_from_argv(self, argv: list[str]) -> None:
        sys.exit(run(argv[2:]))

    def handle(self, *args: Any, **_: Any) -> None:
        sys.exit(run(list(args)))


def run(arguments: list[str]) -> int:
    with ExitStack() as stack:
        surroundings = dict(os.environ)
        if not surroundings.get("DATABASE_URL"):
            surroundings["DATABASE_URL"] = stack.enter_context(postgres.throwaway()).url
        if not surroundings.get("REDIS_URL"):
            surroundings["REDIS_URL"] = stack.enter_context(broker.throwaway())
        return _pytest(_with_two_at_once(arguments), surroundings)


def _with_two_at_once(arguments: list[str]) -> list[str]:
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
    return arguments if chosen else ["-n", "2", *arguments]


def _pytest(arguments: list[str], surroundings: dict[str, str]) -> int:
    # Tests start Python a hundred times: where nothing may be kept compiled, that costs a minute.
    surroundings["PYTHONDONTWRITEBYTECODE"] = ""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments], env=surroundings, cwd=settings.BASE_DIR
    )
    # Ctrl-C reaches pytest by itself; we outlive it to stop the engines.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
