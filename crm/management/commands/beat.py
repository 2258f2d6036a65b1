from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run one beat process, for a server's own supervisor. `up` runs all three."

    def handle(self, *_args: Any, **_options: Any) -> None:
        # Anew, so that settings are made for this kind of process.
        os.execv(sys.executable, [sys.executable, "-m", "crm.runtime.beat"])  # noqa: S606
