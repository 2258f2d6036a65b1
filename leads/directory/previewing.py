"""What the preview of a person shows beside what their row holds already."""

from __future__ import annotations

from dataclasses import dataclass

from leads.models import Lead
from leads.people.queries import Reach, reach_of
from leads.scoring.queries import Bar, bars
from leads.scoring.scorer import Contribution
from leads.timeline import queries
from leads.timeline.wording import Entry

REASONS, ENTRIES = 5, 3


@dataclass(frozen=True)
class Preview:
    reach: Reach
    reasons: list[Bar]
    latest: list[Entry]


def preview(lead: Lead) -> Preview:
    reasons = [Contribution(*reason) for reason in lead.score_reasons or []]
    latest = queries.timeline(lead, show="talks", size=ENTRIES).entries
    return Preview(reach_of([lead])[lead.id], bars(reasons)[:REASONS], latest)
