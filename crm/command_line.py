from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from crm.runtime import engines, memory, up, upgrading


def run(arguments: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    if arguments[1:2] == ["up"]:
        # The supervisor stays small: it never loads Django.
        sys.exit(up.main(list(arguments[2:])))
    if arguments[1:2] == ["upgrade"]:
        sys.exit(upgrading.main(list(arguments[2:])))
    # Before Django reads its settings: they want the database's address.
    command = arguments[1] if len(arguments) > 1 else ""
    engines.prepare(command)
    if command not in engines.WITHOUT_ENGINES:
        memory.load_django()
    execute_from_command_line(list(arguments))
