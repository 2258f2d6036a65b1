from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.bench import measures, reporting
from crm.bench.services import Refused, Wanted, bench
from crm.runtime import broker


class Command(BaseCommand):
    help = "Makes a database of many rows and measures what pages and rooms cost on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, default=1_000_000, help="rows of each kind")
        parser.add_argument("--against", type=int, default=10_000, help="rows to compare with")
        parser.add_argument("--json", type=Path, help="also write the figures to this file")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same rows")
        parser.add_argument("--room", default="", help="only this room's pages and measures")
        parser.add_argument("--requests", type=int, default=20, help="of each page in each pass")
        parser.add_argument("--keep", action="store_true", help="leave the databases for next time")
        parser.add_argument("--strict", action="store_true", help="exit with 1 below a bar")
        parser.add_argument("--system", action="store_true", help="also start `up` and watch it")

    def handle(self, *_args: Any, **options: Any) -> None:
        measures.register_all()
        wanted = Wanted(
            rows=options["leads"],
            against=options["against"],
            seed=options["seed"],
            room=options["room"],
            system=options["system"],
            keep=options["keep"],
            requests=options["requests"],
        )
        try:
            # The events' measure pokes a worker, as life does.
            with broker.lent(settings.HOME, settings.REDIS_URL):
                figures = bench(wanted, say=self._progress())
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from None
        self.stdout.write(reporting.table(figures))
        self.stdout.write(reporting.verdict(figures))
        self.stdout.write(reporting.circumstances(os.getloadavg()[0], os.cpu_count() or 1))
        if options["json"]:
            written = json.dumps([each.as_dict() for each in figures], indent=2)
            options["json"].write_text(written + "\n")
        if options["strict"] and reporting.short_figures(figures):
            raise CommandError("A bar was not reached.", returncode=1)

    def _progress(self) -> Callable[[str], object]:
        began = perf_counter()
        return lambda line: self.stderr.write(reporting.timed(line, perf_counter() - began))
