"""The worker process: Celery's, with children that can be killed and are limited in time."""

from __future__ import annotations

import os

# Two: a long tick in one, the others in the other.
CHILDREN = 2
# A child that grew beyond this is replaced after its task.
MOST_MEMORY_KB = 400_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    os.environ["PORCHLIGHT_PROCESS"] = "worker"
    from crm.runtime import lifeline, memory

    lifeline.hold()
    memory.load_django()
    from crm.celery import app
    from crm.runtime import logs

    logs.configure()
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"]
    size = [f"--concurrency={CHILDREN}", f"--max-memory-per-child={MOST_MEMORY_KB}"]
    app.worker_main(["worker", *options, *size])


if __name__ == "__main__":
    main()
