from __future__ import annotations

from crm.runtime import ticks
from leads.followups import keeping, kinds, letters, moving, pages, reminding, series


def register() -> None:
    pages.register_all()
    kinds.register_all()
    keeping.register()
    ticks.register("leads.remind", every=5, run=reminding.remind_due)
    ticks.register("leads.agenda_mail", every=60, run=letters.send_due)
    ticks.register("leads.repeat", every=60, run=series.make_missing)
    ticks.register("leads.keep_days", every=60, run=moving.keep_days)
