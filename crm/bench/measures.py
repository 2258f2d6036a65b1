"""The house's own makers, refusals, pages and measures, in the order in which they run."""

from __future__ import annotations

from crm.bench.house import figures, honesty, pages, people, rows
from crm.bench.registry import (
    Maker,
    Measure,
    Refusal,
    register,
    register_refusal,
    register_rows,
)
from crm.keep import measures as keep
from crm.runtime import measures as runtime
from crm.vault import measures as vault

MAKERS = [
    Maker("audit", "sealed and tracked rows", people.make, beside=True),
    Maker("audit", "changes to them", people.change_some, beside=True),
    Maker("audit", "security events", rows.make_security_events, beside=True),
    Maker("events", "events with deliveries", rows.make_events, beside=True),
    Maker("watch", "requests", rows.make_requests, beside=True),
    Maker("watch", "samples, problems, slow queries", rows.make_watched, beside=True),
    Maker("audit", "records sealed", rows.seal, settles=True, along="trail_in_sealing_order"),
]
REFUSALS = [
    Refusal("vault", "everything sealed is sealed", honesty.unsealed_columns),
    Refusal("audit", "audit rows equal changed rows", honesty.unrecorded_changes),
]
MEASURES = [
    Measure("vault", "data keys made", "a second", figures.data_keys_a_second, better="more"),
    Measure("audit", "1,000 rows with the trail against without", "times", figures.trail_overhead),
    Measure("audit", "the trail of one changed row", "ms", figures.trail_a_row),
    Measure("events", "recorded and delivered", "a second", figures.events_a_second, better="more"),
    Measure("watch", "noting a request, p95", "ms", figures.watch_overhead, bar=0.5),
    Measure("watch", "writing 200 entries", "ms", figures.watch_batch),
]


def register_all() -> None:
    for maker in MAKERS:
        register_rows(maker)
    for refusal in REFUSALS:
        register_refusal(refusal)
    pages.register_all()
    for measure in MEASURES:
        register(measure)
    keep.register_all()
    vault.register_all()
    runtime.register_all()
