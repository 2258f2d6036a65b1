from __future__ import annotations

from crm.audit import kinds
from crm.owner import scopes, signals
from crm.owner.scopes import Scope
from crm.runtime import reaching


def register() -> None:
    kinds.register("sign_in.again", "Signed in again for a guarded page")
    kinds.register("owner.recovery_link", "A way back in was printed at the machine")
    scopes.register(Scope("health:read", "Read whether Porchlight is well"))
    reaching.register("programs", reaching.senders("Programs with an API token"))
    signals.connect()
