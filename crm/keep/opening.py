"""A restored copy is opened: every sealed value, and the whole trail. In a process of its own, on
that database, by the product's own commands."""

from __future__ import annotations

import os
import sys

from crm.runtime import memory

CHECKS = (("vault", "verify"), ("audit", "verify"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    memory.load_django()
    from django.core.management import CommandError, call_command

    for words in CHECKS:
        try:
            call_command(*words)
        except CommandError as error:
            sys.exit(f"`{' '.join(words)}` says: {error}")


if __name__ == "__main__":
    main()
