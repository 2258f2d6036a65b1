from __future__ import annotations

from crm.runtime import ticks
from leads.messages import sending
from leads.messages.services import TICK


def register() -> None:
    ticks.register(TICK, every=5, run=sending.send_due, resumes=True)
