from __future__ import annotations

from crm.events.queries import outbox_state
from crm.runtime.health import Health

# Twelve ticks: a busy worker may be this much behind, an absent one is soon further.
LATE_AFTER = 60


def outbox() -> Health:
    state = outbox_state()
    measured = dict(state)
    stuck, late = state["stuck"], state["late_seconds"]
    if stuck:
        sentence = f"{stuck} of the things that follow from your work are stuck: see Stuck work."
        return Health("Outbox", False, sentence, measured)
    if late > LATE_AFTER:
        sentence = f"Follow-up work has been waiting for {late} s. Is the worker running?"
        return Health("Outbox", False, sentence, measured)
    return Health("Outbox", True, "Everything that happened has been passed on.", measured)
