"""The end of a restore, before the database takes its place: brought up to this version, whoever
was erased since erased again, the trail taken over. In a process of its own, on that database."""

from __future__ import annotations

import os
import sys

from crm.runtime import memory


def main(folder: str, what: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    memory.load_django()
    from django.core.management import call_command

    from crm.audit.services import adopt_chain, security_event, verify_chain
    from crm.keep import persons
    from crm.keep.services import settle_rows

    call_command("migrate", verbosity=0, interactive=False)
    if erased := persons.replay():
        _say(f"{erased} people were erased since; they are erased in what came back too.")
    settle_rows(restored=folder)
    security_event("backup.restored")
    verdict = verify_chain()
    _say("The trail is whole." if verdict.whole else f"The trail is broken. {verdict.broken}")
    adopt_chain(reason=f"restored {what}")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
