"""Who reacts to what, in one table: the event, the reaction's name, what it does.

Reactions of one event run in the order of their names, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from crm.events import reactions
from crm.models import Event
from leads.duplicates import finding as duplicates
from leads.scoring import services as scoring
from leads.today import telling


def rescore(event: Event) -> None:
    """Whom it is about, or those whom work in bulk names."""
    named = event.data.get("leads")
    many = [UUID(str(one)) for one in named] if isinstance(named, list) else []
    scoring.score(leads=many or [event.subject])


# event, reaction, what it does
REACTIONS: list[tuple[str, str, Callable[[Event], None]]] = [
    ("lead.added", "score", rescore),
    ("lead.changed", "score", rescore),
    ("lead.moved", "score", rescore),
    ("lead.merged", "score", rescore),
    ("lead.unmerged", "score", rescore),
    ("interaction.logged", "score", rescore),
    ("interaction.changed", "score", rescore),
    ("interaction.removed", "score", rescore),
    ("follow_up.done", "score", rescore),
    ("lead.added", "duplicates", duplicates.react),
    ("lead.changed", "duplicates", duplicates.react),
    ("lead.merged", "duplicates", duplicates.react),
    ("lead.unmerged", "duplicates", duplicates.react),
    ("lead.added", "announce", telling.announce),
    ("interaction.logged", "answered", telling.answered),
    # After the score, which decides who is hot: reactions run in the order of their names.
    *(
        (event, "tell today", telling.tell_pages)
        for event in (
            "lead.added", "lead.changed", "lead.moved", "lead.merged", "lead.unmerged",
            "lead.archived", "lead.returned", "leads.archived", "leads.returned", "leads.moved",
            "follow_ups.planned",
            "interaction.logged",
            "interaction.changed", "interaction.removed", "follow_up.planned", "follow_up.changed",
            "follow_up.done", "follow_up.dropped", "follow_up.moved", "follow_up.snoozed",
            "follow_up.confirmed", "follow_up.reassigned", "lead.unmerged", "lead.erased",
            "deal.added", "deal.changed", "deal.removed",
        )
    ),
]  # fmt: skip


def register_all() -> None:
    for kind, name, react in REACTIONS:
        reactions.register(name, kind=kind, react=react)
