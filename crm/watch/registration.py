from __future__ import annotations

from django.conf import settings

from crm.watch import middleware, observing, working


def register() -> None:
    observing.start()
    middleware.start()
    # Elsewhere no task runs, and Celery would make up a fifth of a start.
    if settings.PROCESS == "worker":
        working.start()
