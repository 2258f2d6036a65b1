from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

EXPLANATION = (
    "Porchlight has one owner and no other users. To make the owner, run `python3 manage.py up` "
    "and open the one-time link that it prints; on a server `python3 manage.py owner begin` "
    "prints it. If you can't sign in any more, run "
    "`python3 manage.py owner recover`."
)


class Command(BaseCommand):
    help = "Explains that there is one owner, and how to become it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        # Whatever is asked for in Django's own way gets the same answer.
        parser.add_argument("--noinput", "--no-input", action="store_true")
        parser.add_argument("--email", default="")

    def handle(self, *_: Any, **__: Any) -> None:
        raise CommandError(EXPLANATION)
