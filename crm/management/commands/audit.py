from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.audit import services
from crm.audit.verifying import Verdict

PROGRESS_EVERY = 0.5


class Command(BaseCommand):
    help = "Verify the trail's hash chain, or take its head anew after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="walk the chain; exit code 1 when it is broken")
        verify.add_argument("--after", type=int, default=0, help="begin after this seal")
        adopt = actions.add_parser("adopt", help="trust the chain as it stands in the database")
        adopt.add_argument("reason", help="why, for the record: 'restored the backup of 4 May'")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["action"] == "adopt":
            head = services.adopt_chain(reason=options["reason"])
            self.stdout.write(f"The chain's head is seal {head.position}." if head else "No chain.")
            return
        verdict = services.verify_chain(after=options["after"], progress=self.progress())
        if not verdict.whole:
            raise CommandError(f"The trail is broken. {verdict.broken}", returncode=1)
        self.stdout.write(in_words(verdict))

    def progress(self) -> Any:
        shown = time.monotonic()

        def show(records: int, position: int) -> None:
            nonlocal shown
            if sys.stderr.isatty() and time.monotonic() - shown > PROGRESS_EVERY:
                shown = time.monotonic()
                self.stderr.write(f"\r{records:,} records, seal {position:,}", ending="")

        return show


def in_words(verdict: Verdict) -> str:
    said = f"The trail is whole: {verdict.records:,} records under {verdict.position:,} seals."
    if verdict.scrubbed:
        said += f" {verdict.scrubbed:,} were blanked by erasure or age."
    if verdict.tail:
        said += f" {verdict.tail:,} are not sealed yet, since {verdict.tail_seconds:.1f} s."
    return said
