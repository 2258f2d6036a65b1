"""What the owner is told of here, through the ways that they choose."""

from __future__ import annotations

from crm.models.notification_delivery import Channel
from crm.notify.kinds import Kind, register

# The owner chose the moment, so it comes at once, through quiet hours as well.
DUE = Kind("follow_up.due", "Reminders of follow-ups", tuple(Channel), urgent=True)
MORNING = Kind("agenda.morning", "Your day, each morning", (Channel.EMAIL,), urgent=True)
EVENING = Kind("agenda.evening", "What was left, each evening", (Channel.EMAIL,), urgent=True)


def register_all() -> None:
    for kind in (DUE, MORNING, EVENING):
        register(kind)
