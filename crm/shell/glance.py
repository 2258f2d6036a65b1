"""What the frame of every page wants to know, read in one statement.

Rooms register a question; the first answer that a request asks for brings all of them.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.http import HttpRequest

KEPT = "_glance"
_questions: dict[str, str] = {}


def register(name: str, question: str) -> None:
    """SQL of the house's own that answers one value. Every page asks it: it must be quick."""
    _questions[name] = question


class Glance:
    def __init__(self) -> None:
        self._answers: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        if self._answers is None:
            self._answers = _asked()
        return self._answers[name]

    def know(self, name: str, answer: Any) -> None:
        """What a page found out by itself after it had asked."""
        self[name]
        assert self._answers is not None  # noqa: S101
        self._answers[name] = answer


def of(request: HttpRequest) -> Glance:
    if not hasattr(request, KEPT):
        setattr(request, KEPT, Glance())
    glance: Glance = getattr(request, KEPT)
    return glance


def _asked() -> dict[str, Any]:
    pairs = ", ".join(f"'{name}', ({question})" for name, question in _questions.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT jsonb_build_object({pairs})::text")
        answers: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return answers
