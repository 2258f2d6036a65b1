from __future__ import annotations

import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.vault import keyring, queries, rotation
from crm.vault.errors import VaultError
from crm.vault.queries import WRAPS_AT_MOST, Verified

SHOWN = 20


class Command(BaseCommand):
    help = "The vault: how it stands, a new key for it, whether everything in it opens."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("status", help="Keys, wraps and erasures in figures.")
        deeds.add_parser("rotate", help="A new key; wraps every data key again.")
        verify = deeds.add_parser("verify", help="Open every sealed value and say what does not.")
        verify.add_argument("--model", default="", help="Only this model, as app.model.")
        verify.add_argument("--after", type=UUID, help="Go on after this row's id.")
        passphrase = deeds.add_parser("passphrase", help="Protect the keyring by a passphrase.")
        passphrase.add_argument("--remove", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['deed']}")(options)
        except VaultError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted; nothing is lost. Run it again to go on.") from None

    def _status(self, _options: dict[str, Any]) -> None:
        standing = queries.standing()
        self.stdout.write(f"Keyring: {keyring.path()}")
        self.stdout.write("Passphrase: " + ("set" if standing.locked else "none"))
        self.stdout.write(f"Current key: {standing.current}")
        for key, count in sorted(standing.wraps.items()):
            self.stdout.write(f"  {key} wraps {count:,} data keys")
        used = standing.wraps_of_current
        self.stdout.write(f"Wraps by the current key: {used:,} of at most {WRAPS_AT_MOST:,}")
        self.stdout.write(f"Waiting for rotation: {standing.waiting:,}")
        self.stdout.write(f"Erased: {standing.erasures:,}")
        if standing.missing:
            raise CommandError(f"The keyring lacks {', '.join(standing.missing)}.")

    def _rotate(self, _options: dict[str, Any]) -> None:
        ring = rotation.rotate(progress=self._progress, settling=self._settling)
        self.stdout.write(f"Current key: {ring.current}. Keep a fresh copy of {keyring.path()}.")

    def _progress(self, done: int, total: int) -> None:
        share = 100 * done // total if total else 100
        self.stdout.write(f"\r{share:3d} % of {total:,} data keys", ending="")
        self.stdout.flush()

    def _settling(self) -> None:
        self.stdout.write("\nWaiting until no process wraps by the old key any more.")

    def _verify(self, options: dict[str, Any]) -> None:
        models = queries.sealed_models()
        if options["model"]:
            models = [m for m in models if m._meta.label_lower == options["model"].lower()]
            if not models:
                raise CommandError("No model of that name has sealed fields.")
        elif options["after"]:
            raise CommandError("--after goes with --model.")
        verified = [self._verify_model(model, options["after"]) for model in models]
        if not all(found.well for found in verified):
            raise CommandError("Not everything opens: see above.")
        self.stdout.write("Everything opens.")

    def _verify_model(self, model: Any, after: UUID | None) -> Verified:
        found, come_to = Verified(model._meta.label_lower), after
        try:
            for come_to, found in queries.verify(model, after=after):  # noqa: B007
                self.stdout.write(f"\r{found.model}: {found.rows:,} rows", ending="")
                self.stdout.flush()
        except KeyboardInterrupt:
            self.stdout.write(f"\nGo on with: vault verify --model {found.model} --after {come_to}")
            raise
        self.stdout.write(
            f"\r{found.model}: {found.rows:,} rows, {found.opened:,} values opened, "
            f"{found.erased:,} erased, {len(found.lost):,} lost, {len(found.refused):,} refused"
        )
        for place in [*found.lost, *found.refused][:SHOWN]:
            self.stdout.write(f"  {place}")
        return found

    def _passphrase(self, options: dict[str, Any]) -> None:
        self._unlock()
        if options["remove"]:
            keyring.remove_passphrase()
            self.stdout.write("The keyring opens without a passphrase now.")
            return
        first = getpass.getpass("New passphrase: ")
        if len(first) < 12:
            raise CommandError("A passphrase has 12 letters or more: four or five words are good.")
        if first != getpass.getpass("Again: "):
            raise CommandError("They differ; nothing was changed.")
        keyring.set_passphrase(first)
        self.stdout.write("Set. Without it nobody can open the data, and nobody can reset it.")

    def _unlock(self) -> None:
        if keyring.needs_passphrase():
            keyring.unlock(getpass.getpass("Passphrase: "))
