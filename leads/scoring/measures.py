"""How many leads a second are scored; the bench and the tests call these."""

from __future__ import annotations

import time
from uuid import UUID

from crm.bench.registry import Measure, register
from crm.bench.stage import Stage
from leads.models import Lead
from leads.scoring import services

SAMPLE = 5000


def register_all() -> None:
    with_reasons = "leads scored in a second, with reasons"
    register(Measure("scoring", with_reasons, "/s", run=scoring, bar=1000, better="more"))
    register(Measure("scoring", "leads scored in a second, figures alone", "/s", run=counting,
                     better="more"))  # fmt: skip


def scoring(_stage: Stage) -> float:
    leads = _some()
    start = time.perf_counter()
    services.score(leads=leads)
    return _rate(len(leads), start)


def counting(_stage: Stage) -> float:
    leads = _some()
    start = time.perf_counter()
    seen = sum(1 for _ in services.scores(leads=leads))
    return _rate(seen, start)


def _some() -> list[UUID]:
    return list(Lead.objects.present().order_by("-id").values_list("id", flat=True)[:SAMPLE])


def _rate(amount: int, start: float) -> float:
    return amount / max(time.perf_counter() - start, 1e-9)
