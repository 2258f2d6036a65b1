"""Places in a timeline that is merged from several tables: moment, table, row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime


class Source(IntEnum):
    """Which stands above at the same moment: the larger, as if it had come later."""

    ARRIVAL = 1
    STAGE = 2
    DEAL = 3
    FOLLOW_UP = 4
    INTERACTION = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """After which entry a page begins."""

    at: dt.datetime
    source: Source
    id: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(dt.UTC).isoformat()}_{int(self.source)}_{self.id}"


def parsed(text: str) -> Mark | None:
    """Whatever stands in the address; nonsense is the beginning."""
    at, _, rest = text.partition("_")
    source, _, id = rest.partition("_")
    try:
        moment = parse_datetime(at.replace(" ", "+"))
        if moment is None or moment.tzinfo is None or not id:
            return None
        return Mark(moment, Source(int(source)), id[:40])
    except (ValueError, OverflowError):
        return None


def after(rows: QuerySet[Model], mark: Mark | None, *, source: Source, at: str) -> QuerySet[Model]:
    """The rows of one table below the mark, the latest first; an index of (at, id) does it."""
    ordered = rows.order_by(F(at).desc(), F("id").desc())
    if mark is None:
        return ordered
    if source < mark.source:
        return ordered.filter(**{f"{at}__lte": mark.at})
    ordered = ordered.filter(**{f"{at}__lt" if source > mark.source else f"{at}__lte": mark.at})
    if source > mark.source:
        return ordered
    return ordered.filter(Q(**{f"{at}__lt": mark.at}) | Q(id__lt=_id(rows, mark.id)))


def _id(rows: QuerySet[Model], text: str) -> object:
    return rows.model._meta.pk.to_python(text)
