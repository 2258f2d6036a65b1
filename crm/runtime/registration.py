from __future__ import annotations

from crm.runtime import checks, health, standstill
from crm.shell import banners


def register() -> None:
    health.register("database", checks.database)
    health.register("roles", checks.roles)
    health.register("broker", checks.broker)
    health.register("worker and beat", checks.signs)
    health.register("schedule", checks.schedule)
    health.register("disk", checks.disk)
    banners.register("standstill", standstill.banner)
