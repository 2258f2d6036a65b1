from __future__ import annotations

import datetime as dt

from django.utils import timezone

from crm.audit import queries
from crm.runtime.health import Health

# Sealing runs every few seconds; after a minute it isn't running, or someone's work holds it up.
LATE_AFTER = dt.timedelta(seconds=60)
VERIFIED_WITHIN = dt.timedelta(hours=36)


def trail() -> Health:
    state = queries.chain_state()
    measured = {
        "seals": state.position,
        "unsealed": state.unsealed,
        "unsealed_seconds": round(state.unsealed_for.total_seconds(), 1),
    }
    ok, sentence = _said(state)
    return Health("Trail", ok, sentence, measured)


def _said(state: queries.ChainState) -> tuple[bool | None, str]:
    if state.broken:
        return False, f"The trail was found broken. {state.broken}"
    if state.unsealed_for > LATE_AFTER:
        return False, (
            f"{state.unsealed:,} changes have waited {state.unsealed_for.seconds // 60 + 1} min "
            "for their seal. Is the worker running?"
        )
    if state.verified_at is None:
        return None, "The trail is sealed; it has not been verified yet."
    if timezone.now() - state.verified_at > VERIFIED_WITHIN:
        return None, f"The trail is sealed; it was last verified on {state.verified_at:%d %B}."
    return True, "Every change is recorded and sealed, and the seals hold."
