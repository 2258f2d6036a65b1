from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.models import Heartbeat
from crm.runtime import heartbeats


class Command(BaseCommand):
    help = "For a container's health check: whether this machine's worker or beat truly works."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=Heartbeat.Kind.values)

    def handle(self, *_: Any, kind: str, **__: Any) -> None:
        fresh = timezone.now() - heartbeats.DEAF_AFTER
        here = Heartbeat.objects.filter(kind=kind, machine=heartbeats.machine(), at__gte=fresh)
        if not here.exists():
            raise CommandError(f"The {kind} of this machine has not been heard of for 90 seconds.")
