"""What is noted during a request, before it is written in a batch."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Answered:
    at: datetime
    route: str
    method: str
    status: int
    milliseconds: float
    queries: int
    size: int


@dataclass
class Slow:
    at: datetime
    kind: str
    route: str
    milliseconds: float
    statement: str = ""


@dataclass
class Failed:
    at: datetime
    kind: str
    what: str
    place: str = ""
    route: str = ""
    message: str = ""
    traceback: str = ""
    times: int = 1


Entry = Answered | Slow | Failed


@dataclass
class Tally:
    """The queries of one request or task while it runs."""

    queries: int = 0
    slow: list[tuple[str, float]] = field(default_factory=list)


current: ContextVar[Tally | None] = ContextVar("crm.watch.tally", default=None)
