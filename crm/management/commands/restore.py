from __future__ import annotations

from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.keep import restoring
from crm.keep.recovery import WrongCodeError
from crm.keep.restoring import OccupiedError
from crm.keep.server import ToolError
from crm.keep.stream import DamagedError
from crm.runtime.locks import FileLock


class Command(BaseCommand):
    help = "Give a backup back, on this machine or on an empty one."
    # Django's checks look at pages, which take no part in this.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the backup's folder, or the one of them all")
        parser.add_argument("--keys", type=Path, help="the copy of the keys, if it lies elsewhere")
        parser.add_argument(
            "--until",
            metavar="TIME",
            type=_moment,
            help="as it was then, such as 2026-11-25T14:30 in this machine's zone",
        )
        parser.add_argument("--code", help="the recovery code; asked for when left out")
        parser.add_argument("--put-aside", action="store_true", help="keep what is here as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["code"] or getpass("Recovery code: ")
        try:
            self._stop_others()
            restoring.restore(
                options["backup"].expanduser().absolute(),
                code=code,
                key_copy=options["keys"],
                until=options["until"],
                put_aside=options["put_aside"],
                say=self.stdout.write,
            )
        except (WrongCodeError, DamagedError, ToolError, OccupiedError) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write("Done. Start with `python3 manage.py up` and sign in as before.")

    def _stop_others(self) -> None:
        """`up` holds this lock while it runs; kept until the end, so that none starts meanwhile."""
        self.lock = FileLock(settings.HOME.state / "up.lock")
        if not self.lock.try_exclusive():
            raise OccupiedError(
                "Porchlight is running here. Stop it (Ctrl-C where it was started), then try again."
            )


def _moment(words: str) -> datetime:
    return datetime.fromisoformat(words).astimezone()
