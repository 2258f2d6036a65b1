from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crm.runtime import up


class Command(BaseCommand):
    help = "Start Porchlight on this machine: engines, web, worker and beat."

    def add_arguments(self, parser: CommandParser) -> None:
        for action in up.parser()._actions[1:]:
            parser._add_action(action)

    def handle(self, *_args: Any, **_options: Any) -> None:
        raise SystemExit(up.main(sys.argv[2:]))
