from __future__ import annotations

from crm.runtime import grants


def register() -> None:
    # Written by the database alone.
    grants.restrict("leads_stage_change", "SELECT")
    grants.restrict("leads_stage_tally", "SELECT")
