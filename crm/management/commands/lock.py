from __future__ import annotations

import subprocess
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.bootstrap.installers import find_uv

# One lock for every supported Python and machine, with nothing in it that says where from.
COMPILE = [
    *("pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate"),
    *("--universal", "--python-version", "3.11", "--only-binary", ":all:", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links"),
]


class Command(BaseCommand):
    help = "For maintainers: brings both lock files in line with pyproject.toml, by uv."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--upgrade", action="store_true", help="take newer versions too")

    def handle(self, *_: Any, upgrade: bool, **__: Any) -> None:
        uv = find_uv()
        if uv is None:
            raise CommandError("Locking needs uv: https://docs.astral.sh/uv says how to get it.")
        newer = ["--upgrade"] if upgrade else []
        compile_ = [uv, *COMPILE, *newer]
        _run([*compile_, "--output-file", "requirements.lock"])
        # The second is held to the first, so that the tools come on top and change nothing.
        tools = ["--group", "dev", "--constraint", "requirements.lock"]
        _run([*compile_, *tools, "--output-file", "requirements-dev.lock"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=settings.BASE_DIR, check=False)
    if done.returncode != 0:
        raise CommandError("The locks were not changed as meant; uv says why above.")
