"""By what was said and written: notes and talks that have every word, opened and read again."""

from __future__ import annotations

from dataclasses import dataclass

from crm.vault.search import by_words
from crm.vault.words import folded
from leads.models import Interaction
from leads.search.asking import Asked

LEAST = 3
CANDIDATES = 300
BEFORE, LENGTH = 24, 80


@dataclass(frozen=True)
class Note:
    said: Interaction
    excerpt: str


def find(asked: Asked, limit: int) -> list[Note]:
    words = [word for word in asked.words if len(word) >= LEAST]
    if not words or asked.is_contact:
        return []
    rows = Interaction.objects.filter(lead__state__in=["present", "archived"])
    found = by_words(
        rows.select_related("lead"),
        index="words",
        text=asked.text,
        limit=limit,
        candidates=CANDIDATES,
    )
    return [Note(row, excerpt(row.body, words)) for row in found.rows]


def excerpt(body: str, words: list[str]) -> str:
    """A line around the first of the words."""
    line = " ".join(body.split())
    bare = folded(line)
    # Where folding changed the length the place is only about right, which is near enough.
    at = min((place for word in words if (place := bare.find(word)) >= 0), default=0)
    start = max(0, at - BEFORE)
    start = line.find(" ", start) + 1 if start else 0
    piece = line[start : start + LENGTH].strip()
    return f"{'… ' if start else ''}{piece}{' …' if start + LENGTH < len(line) else ''}"
