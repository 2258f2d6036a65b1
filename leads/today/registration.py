from __future__ import annotations

from leads.today import rules


def register() -> None:
    rules.register_all()
