from __future__ import annotations

import os
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from crm.runtime import engines


def run(arguments: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    # Before Django reads its settings: they want the database's address.
    engines.prepare(arguments[1] if len(arguments) > 1 else "")
    execute_from_command_line(list(arguments))
