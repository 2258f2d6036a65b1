"""People for the bench, skewed as life is, and one of them with ten thousand entries."""

from __future__ import annotations

from crm.bench.registry import Maker, register_rows
from leads.bench.making import make_leads


def register() -> None:
    register_rows(Maker("people", "leads and all that is theirs", make_leads))
