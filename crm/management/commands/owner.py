from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.owner import services

NOBODY = "Nobody owns this Porchlight yet. Open the link that `manage.py up` prints."


class Command(BaseCommand):
    help = "Shows who owns this Porchlight, or prints a way back in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show", help="who signs in, and with what")
        recover = actions.add_parser(
            "recover", help="prints a link, good for an hour, to set a new password"
        )
        recover.add_argument(
            "--drop-second-factors",
            action="store_true",
            help="also remove authenticator app, passkeys and recovery codes: for a lost phone",
        )
        recover.add_argument(
            "--url",
            default=settings.PUBLIC_URL or "http://localhost:8000",
            help="the address under which Porchlight answers (default: %(default)s)",
        )

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        if action == "show":
            self._show()
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

    def _recover(self, url: str, *, drop: bool) -> None:
        link = services.recovery_link(base_url=url, drop_second_factors=drop)
        if link is None:
            raise CommandError(NOBODY)
        self.stdout.write("Open this within an hour, and set a new password:")
        self.stdout.write(f"  {link}")
        if drop:
            self.stdout.write("Authenticator app, passkeys and recovery codes go when you do.")
        self.stdout.write("This is noted in the audit and in your notifications.")
