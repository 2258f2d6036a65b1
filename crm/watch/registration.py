from __future__ import annotations

from crm.watch import middleware, observing, working


def register() -> None:
    observing.start()
    middleware.start()
    working.start()
