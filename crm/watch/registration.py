from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from crm.models import Delivery
from crm.runtime import ticks
from crm.shell import reports
from crm.watch import admin, middleware, observing, sampling, working

__all__ = ["admin", "register"]


def register() -> None:
    observing.start()
    middleware.start()
    # Elsewhere no task runs, and Celery would make up a fifth of a start.
    if settings.PROCESS == "worker":
        working.start()
    ticks.on_failure(working.note_tick_failure)
    reports.on_report(working.note_policy)
    sampling.register_queue("deliveries", lambda: Delivery.objects.due(now=timezone.now()).count())
