"""What the house does by the clock, in one table."""

from __future__ import annotations

from crm.events import pruning
from crm.events.delivering import deliver_due
from crm.runtime.ticks import register


def register_all() -> None:
    register("events.deliver", every=5, run=deliver_due)
    register("events.prune", every=3600, run=pruning.prune)
