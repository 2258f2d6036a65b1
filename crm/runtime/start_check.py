"""Whether this version starts on these data: what `up` would do and a first visitor would ask."""

from __future__ import annotations

import os
import sys

from crm.runtime import memory


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    memory.load_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    call_command("check")
    call_command("migrate", check_unapplied=True, verbosity=0)
    visitor = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    for address in ("/healthz", settings.LOGIN_URL):
        answer = visitor.get(address, secure=settings.HTTPS)
        # The sign-in page sends on to the first-run page where there is no owner yet.
        if answer.status_code not in (200, 302):
            sys.exit(f"{address} answers {answer.status_code}.")


if __name__ == "__main__":
    main()
