"""People for the bench, skewed as life is, and one of them with ten thousand entries."""

from __future__ import annotations

from crm.bench.registry import Maker, register_rows
from leads.bench import making, others, own, pages, searching


def register() -> None:
    register_rows(Maker("people", "leads and all that is theirs", making.make_leads))
    register_rows(Maker("roi", "deals", others.make_deals))
    register_rows(Maker("duplicates", "pairs who may be one", others.make_duplicates))
    register_rows(Maker("people", "words of names folded", others.fold, settles=True))
    register_rows(Maker("today", "people counted", others.count_today, settles=True))
    pages.register()
    own.register()
    searching.register()
