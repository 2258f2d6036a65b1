from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.owner import services

NOBODY = (
    "Nobody owns this Porchlight yet. Open the link that `manage.py up` prints, or on a server "
    "the one of `manage.py owner begin`."
)
OWNED = "This Porchlight has its owner. A way back in: `manage.py owner recover`."


def _here() -> str:
    try:
        return str(settings.HOME.address.read_text())
    except OSError:
        return f"http://localhost:{os.environ.get('PORT', '8000')}"


class Command(BaseCommand):
    help = "Shows who owns this Porchlight, or prints the way in, the first time or again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show", help="who signs in, and with what")
        begin = actions.add_parser("begin", help="prints the link to the first page, on a server")
        recover = actions.add_parser(
            "recover", help="prints a link, good for an hour, to set a new password"
        )
        recover.add_argument(
            "--drop-second-factors",
            action="store_true",
            help="also remove authenticator app, passkeys and recovery codes: for a lost phone",
        )
        for action in (begin, recover):
            action.add_argument(
                "--url",
                default=settings.PUBLIC_URL or _here(),
                help="the address under which Porchlight answers (default: %(default)s)",
            )

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        if action == "show":
            self._show()
        elif action == "begin":
            self._begin(options["url"])
        else:
            self._recover(options["url"], drop=options["drop_second_factors"])

    def _show(self) -> None:
        owner = services.owner()
        if owner is None:
            raise CommandError(NOBODY)
        factors = Authenticator.objects.filter(user=owner).order_by("created_at")
        names = [factor.get_type_display() for factor in factors]
        self.stdout.write(f"{owner.name} <{owner.email}>")
        self.stdout.write(f"Second factor: {', '.join(names) or 'none'}")

    def _begin(self, url: str) -> None:
        link = services.first_run_link(url)
        if link is None:
            raise CommandError(OWNED)
        self.stdout.write(f"Begin here, once: {link}")

    def _recover(self, url: str, *, drop: bool) -> None:
        link = services.recovery_link(base_url=url, drop_second_factors=drop)
        if link is None:
            raise CommandError(NOBODY)
        self.stdout.write("Open this within an hour, and set a new password:")
        self.stdout.write(f"  {link}")
        if drop:
            self.stdout.write("Authenticator app, passkeys and recovery codes go when you do.")
        self.stdout.write("This is noted in the audit and in your notifications.")
