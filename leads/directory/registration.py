from __future__ import annotations

from collections.abc import Callable

from crm.bench.registry import Walk, register_page
from crm.bench.stage import Stage
from crm.lists import registry
from leads.directory.listing import BUILTIN, LEADS


def register() -> None:
    registry.register(LEADS)
    for each in BUILTIN:
        register_page(Walk("people", f"Leads: {each.label}", _path(each.name)))


def _path(name: str) -> Callable[[Stage], str]:
    return lambda _stage: f"/leads/?list={name}"
