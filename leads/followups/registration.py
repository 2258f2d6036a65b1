from __future__ import annotations

from crm.audit import kinds as audit
from crm.demo import registry
from crm.runtime import ticks
from leads.followups import demo, keeping, kinds, letters, moving, pages, reminding, series


def register() -> None:
    pages.register_all()
    kinds.register_all()
    keeping.register()
    audit.register("calendar.made", "A calendar address was made")
    audit.register("calendar.ended", "The calendar's address was ended")
    registry.register("what is due", demo.build, 200)
    ticks.register("leads.remind", every=5, run=reminding.remind_due, resumes=True)
    ticks.register("leads.agenda_mail", every=60, run=letters.send_due)
    ticks.register("leads.repeat", every=60, run=series.make_missing)
    ticks.register("leads.keep_days", every=60, run=moving.keep_days)
