from __future__ import annotations

from datetime import datetime

MORNING, AFTERNOON, EVENING = 4, 12, 18


def greeting(now: datetime) -> str:
    """Said by the owner's clock; after midnight it is still the evening before."""
    if MORNING <= now.hour < AFTERNOON:
        return "Good morning"
    return "Good afternoon" if AFTERNOON <= now.hour < EVENING else "Good evening"
