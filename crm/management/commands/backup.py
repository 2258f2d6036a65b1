from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.keep import recovery, services, trial
from crm.keep.dump import ToolError
from crm.keep.stream import DamagedError
from crm.models import Backup


class Command(BaseCommand):
    help = "Make a sealed backup of everything, try one, or show the recovery code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=Backup.Kind.values, default=Backup.Kind.BY_HAND)
        parser.add_argument("--verify", action="store_true", help="restore it and compare")
        parser.add_argument("--only-verify", metavar="FOLDER", help="try a backup made before")
        parser.add_argument("--code", action="store_true", help="print the recovery code")
        parser.add_argument("--list", action="store_true", help="print the backups that stand")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self.stdout.write(recovery.code())
        elif options["list"]:
            self._list()
        elif options["only_verify"]:
            self._verify(Backup.objects.filter(folder=options["only_verify"]).first())
        else:
            made = self._make(Backup.Kind(options["kind"]))
            if options["verify"]:
                self._verify(made)

    def _list(self) -> None:
        for backup in Backup.objects.standing():
            self.stdout.write(
                f"{backup.folder}  {backup.get_state_display()}  {backup.rows:,} rows"
            )

    def _make(self, kind: Backup.Kind) -> Backup:
        try:
            backup = services.make(kind=kind)
        except (services.NoRoomError, services.BusyError, ToolError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(f"Written: {services.root() / backup.folder}, {backup.rows:,} rows.")
        return backup

    def _verify(self, backup: Backup | None) -> None:
        if backup is None:
            raise CommandError("There is no such backup. `manage.py backup --list` names them.")
        try:
            trial.verify(backup)
        except DamagedError as error:
            raise CommandError(f"Could not verify. {error}") from error
        self.stdout.write("Restored beside the real one, compared and opened: all as backed up.")
