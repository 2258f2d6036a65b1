from __future__ import annotations

from crm.models.notification_delivery import Channel
from crm.notify.kinds import Kind, register

# Somebody waits, and the first five minutes decide: through quiet hours as well.
NEW_LEAD = Kind("lead.new", "New leads", tuple(Channel), urgent=True)


def register_all() -> None:
    register(NEW_LEAD)
