from __future__ import annotations

from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.keep import manifest, restoring
from crm.keep.dump import ToolError
from crm.keep.recovery import WrongCodeError
from crm.keep.stream import DamagedError
from crm.runtime.locks import FileLock


class Command(BaseCommand):
    help = "Give a backup back, on this machine or on an empty one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the backup's folder, or the one of them all")
        parser.add_argument("--keys", type=Path, help="the copy of the keys, if it lies elsewhere")
        parser.add_argument("--code", help="the recovery code; asked for when left out")
        parser.add_argument("--put-aside", action="store_true", help="keep what is here as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = _newest(options["backup"].expanduser().absolute())
        code = options["code"] or getpass("Recovery code: ")
        try:
            self._stop_others()
            restoring.restore(
                folder,
                code=code,
                key_copy=options["keys"] or _keys_beside(folder),
                put_aside=options["put_aside"],
                say=self.stdout.write,
            )
        except (WrongCodeError, DamagedError, ToolError, restoring.OccupiedError) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write("Done. Start with `python3 manage.py up` and sign in as before.")

    def _stop_others(self) -> None:
        """`up` holds this lock while it runs; kept until the end, so that none starts meanwhile."""
        self.lock = FileLock(settings.HOME.state / "up.lock")
        if not self.lock.try_exclusive():
            raise restoring.OccupiedError(
                "Porchlight is running here. Stop it (Ctrl-C where it was started), then try again."
            )


def _newest(place: Path) -> Path:
    if (place / manifest.NAME).is_file():
        return place
    found = sorted(path.parent for path in place.glob(f"*/{manifest.NAME}"))
    if not found:
        raise CommandError(f"There is no backup at {place}.")
    return found[-1]


def _keys_beside(folder: Path) -> Path | None:
    beside = folder.parent / "keys" / "latest.sealed"
    return beside if beside.is_file() else None
