"""What the trail does by the clock."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from crm.audit import chain, queries, services
from crm.audit.chain import ChainBroken

NIGHTLY = dt.timedelta(hours=23)
WEEKLY = dt.timedelta(days=6, hours=23)


def seal() -> int:
    try:
        return chain.seal_due()
    except ChainBroken as broken:
        # Said once; the page and health then show it until a walk finds the trail whole.
        if queries.chain_state().broken != str(broken):
            services.security_event("audit.broken", detail={"found": str(broken)})
        return 0


def verify() -> bool | None:
    """Every night what is new since the last walk; once a week all of it."""
    now = timezone.now()
    state = queries.chain_state()
    if state.broken or state.verified_at is None or now - state.walked_at > WEEKLY:
        if state.last_walk_at and now - state.last_walk_at < NIGHTLY:
            return None
        return services.verify_chain().whole
    if now - state.verified_at > NIGHTLY:
        return services.verify_chain(after=state.verified_position).whole
    return None
