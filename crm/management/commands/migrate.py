from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from crm.runtime import grants


class Command(migrate.Command):
    """Django's own, and afterwards the application's role may use the new tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            grants.apply()
