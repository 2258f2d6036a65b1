from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.keep import noting, places, recovery, services, strands, trial
from crm.keep.server import ToolError
from crm.keep.services import BusyError, NoRoomError
from crm.keep.stream import DamagedError
from crm.models import Backup


class Command(BaseCommand):
    help = "Make a sealed backup of everything, try one, or show the recovery code."
    # Django's checks look at pages, which take no part in this.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=Backup.Kind.values, default=Backup.Kind.BY_HAND)
        parser.add_argument("--verify", action="store_true", help="restore it and compare")
        parser.add_argument("--only-verify", metavar="FOLDER", help="try a backup made before")
        parser.add_argument(
            "--verify-log", action="store_true", help="restore the copies of the log and compare"
        )
        parser.add_argument("--code", action="store_true", help="print the recovery code")
        parser.add_argument("--list", action="store_true", help="print the backups that stand")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self.stdout.write(recovery.code())
        elif options["verify_log"]:
            self._verify_log()
        elif options["list"]:
            self._list()
        elif options["only_verify"]:
            self._verify(Backup.objects.filter(folder=options["only_verify"]).first())
        else:
            made = self._make(Backup.Kind(options["kind"]))
            if options["verify"]:
                self._verify(made)
                if strands.standing():
                    self._verify_log()

    def _list(self) -> None:
        for backup in Backup.objects.standing():
            self.stdout.write(
                f"{backup.folder}  {backup.get_state_display()}  {backup.rows:,} rows"
            )

    def _make(self, kind: Backup.Kind) -> Backup:
        try:
            backup = services.make(kind=kind)
        except (NoRoomError, BusyError, DamagedError, ToolError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(f"Written: {places.root() / backup.folder}, {backup.rows:,} rows.")
        return backup

    def _verify_log(self) -> None:
        try:
            reaches = self._tried_twice()
        except (DamagedError, ToolError) as error:
            noting.note_trial(settings.HOME, error=str(error))
            raise CommandError(f"Could not verify the copies of the log. {error}") from error
        noting.note_trial(settings.HOME, error="")
        self.stdout.write(f"The copies of the log open, and reach to {reaches:%Y-%m-%d %H:%M} UTC.")

    def _tried_twice(self) -> datetime:
        """The copier may put pieces together just while they are read."""
        try:
            return trial.check_log(code=recovery.code())
        except DamagedError:
            return trial.check_log(code=recovery.code())

    def _verify(self, backup: Backup | None) -> None:
        if backup is None:
            raise CommandError("There is no such backup. `manage.py backup --list` names them.")
        try:
            trial.verify(backup)
        except DamagedError as error:
            raise CommandError(f"Could not verify. {error}") from error
        self.stdout.write("Restored beside the real one, compared and opened: all as backed up.")
