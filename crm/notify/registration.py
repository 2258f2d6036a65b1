from __future__ import annotations

from crm.audit import kinds as audit
from crm.notify import kinds


def register() -> None:
    kinds.register_all()
    audit.register("push.added", "A browser was added that is told by push")
    audit.register("push.removed", "A browser that was told by push was removed")
