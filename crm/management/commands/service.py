from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.runtime import ports, service
from crm.runtime.home import home
from crm.runtime.refusal import Refusal


class Command(BaseCommand):
    help = "Start Porchlight at every sign-in on this machine, or no longer."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["install", "remove", "status"])
        parser.add_argument("--host", default="127.0.0.1", help="the address to answer at")
        parser.add_argument("--port", type=ports.number, default=8000, help="the port to answer at")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self._do(options))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _do(self, options: dict[str, Any]) -> str:
        by = service.manager()
        if options["what"] == "install":
            return service.install(service.Wish(home(), options["host"], options["port"]), by)
        return service.remove(by) if options["what"] == "remove" else service.status(home(), by)
