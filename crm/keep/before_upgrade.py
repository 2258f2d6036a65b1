"""The backup before an upgrade, made and tried without our models, which are newer than the tables.

`make` prints its folder; `record FOLDER` lists it once the tables are as the models want them.
"""

from __future__ import annotations

import os
import sys

from crm.runtime import memory


def make() -> str:
    from django.utils import timezone

    from crm.keep import keys, manifest, places, recovery, services, trial
    from crm.keep.server import scratch_database

    started = timezone.now()
    folder = started.strftime("%Y-%m-%dT%H%M%SZ")
    places.root().mkdir(mode=0o700, parents=True, exist_ok=True)
    services.write(started, folder)
    key = recovery.key(recovery.code())
    made = manifest.read(places.root() / folder, key=key)
    keys.read(keys.place(), key=key).demand(made.made_at)
    with scratch_database() as scratch:
        trial.fill(scratch, places.root() / folder, made, key=key)
    return folder


def record(folder: str) -> None:
    from django.utils import timezone

    from crm.keep import manifest, places, recovery
    from crm.models import Backup

    made = manifest.said(places.root() / folder, key=recovery.key(recovery.code()))
    now = timezone.now()
    Backup.objects.get_or_create(
        folder=folder,
        defaults={
            "kind": Backup.Kind.BEFORE_UPGRADE,
            "state": Backup.State.VERIFIED,
            "started_at": made.made,
            "finished_at": now,
            "verified_at": now,
            "rows": made.rows,
            "bytes": made.bytes,
        },
    )


def main(what: str, *folder: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    memory.load_django()
    from crm.keep.server import ToolError
    from crm.keep.services import NoRoomError
    from crm.keep.stream import DamagedError

    try:
        sys.stdout.write(f"{make()}\n") if what == "make" else record(*folder)
    except (ToolError, NoRoomError, DamagedError) as error:
        sys.exit(f"No backup was made. {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
