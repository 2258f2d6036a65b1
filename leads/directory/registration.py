from __future__ import annotations

from crm.lists import registry
from leads.directory.listing import LEADS


def register() -> None:
    registry.register(LEADS)
