"""A lead's timeline: what was said, moved, sold and done, merged by time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone

from crm.vault.errors import Erased
from crm.vault.words import asked, looked_up, matches
from leads.models import Attachment, Interaction, Lead
from leads.timeline import facts, wording
from leads.timeline.keyset import Mark, Source, after
from leads.timeline.wording import Entry

PAGE = 30
FOUND = 50
# How many sealed entries one search opens at most, the latest first.
OPENED = 3000
SHOWN = ("all", "talks", "visits", "notes", "stages")
SORTS = {
    "all": Q(),
    "talks": ~Q(direction=""),
    "visits": Q(kind="visit"),
    "notes": Q(kind="note"),
}


@dataclass(frozen=True)
class Day:
    """What happened on one day, as the owner's clock counts; `begun` on the page before."""

    date: dt.date
    entries: list[Entry]
    begun: bool = False


@dataclass(frozen=True)
class Timeline:
    days: list[Day]
    following: Mark | None

    @property
    def entries(self) -> list[Entry]:
        return [entry for day in self.days for entry in day.entries]


def timeline(
    lead: Lead, *, show: str = "all", before: Mark | None = None, size: int = PAGE
) -> Timeline:
    """One page: from each table as many rows as the page could need, the latest first."""
    try:
        found = list(_merged(lead, show, before, size + 1))[: size + 1]
    except ValidationError:  # an address made by hand: its row id is none
        return timeline(lead, show=show, size=size)
    page = found[:size]
    following = page[-1].mark if len(found) > size else None
    return Timeline(days_of(page, before), following)


def _merged(lead: Lead, show: str, before: Mark | None, size: int) -> Iterator[Entry]:
    sources: list[Iterable[Entry]] = []
    if show in SORTS:
        sources.append(_interactions(lead, SORTS[show], before, size))
    if show in ("all", "stages"):
        found = facts.told(lead, before, size, done=show == "all")
        found[Source.DEAL] = _below(found.get(Source.DEAL, []), before)
        sources += [*found.values(), _below([wording.arrival(lead)], before)]
    return heapq.merge(*sources, key=lambda entry: (entry.at, entry.source), reverse=True)


def _interactions(lead: Lead, sort: Q, before: Mark | None, size: int) -> list[Entry]:
    page = after(_told_of(Q(sort, lead=lead)), before, source=Source.INTERACTION, at="at")
    return [entry_of(lead, row) for row in page[:size]]


def _told_of(wanted: Q) -> Any:
    """With their homes and files, in one statement."""
    files = Attachment.objects.filter(interaction=OuterRef("id")).order_by("id")
    told = JSONObject(id=F("id"), size=F("size"), name=F("name"))
    rows = Interaction.objects.filter(wanted).defer("words").select_related("listing")
    return rows.annotate(file_facts=ArraySubquery(files.values_list(told)))


def entry_of(lead: Lead, row: Any) -> Entry:
    return wording.interaction(lead, row, [_file(told) for told in row.file_facts])


def _file(told: dict[str, Any]) -> Attachment:
    file = Attachment(id=UUID(told["id"]), size=told["size"])
    vars(file)["name"] = facts.sealed(told["name"])
    return file


def _below(entries: list[Entry], before: Mark | None) -> list[Entry]:
    entries.sort(key=_place, reverse=True)
    if before is None:
        return entries
    return [entry for entry in entries if _place(entry) < (before.at, before.source, before.id)]


def _place(entry: Entry) -> tuple[dt.datetime, Source, str]:
    return entry.at, entry.source, entry.id


def days_of(entries: Iterable[Entry], before: Mark | None = None) -> list[Day]:
    last = timezone.localdate(before.at) if before else None
    days: list[Day] = []
    for entry in entries:
        date = timezone.localdate(entry.at)
        if not days or days[-1].date != date:
            days.append(Day(date, [], begun=not days and date == last))
        days[-1].entries.append(entry)
    return days


def search(lead: Lead, text: str) -> tuple[list[Entry], bool]:
    """The lead's entries with every word of these, the latest first; False where more may be."""
    wanted = asked(text)
    if not wanted:
        return [], True
    field: Any = Interaction._meta.get_field("words")
    ordinary, long = looked_up(field.key(), wanted)
    # Subjects have no index: a person's are few enough to be read.
    may = Q(words__contains=ordinary) | Q(words__contains=long) | Q(subject__isnull=False)
    opened = list(_told_of(Q(may, lead=lead)).order_by("-at", "-id")[: OPENED + 1])
    found = [row for row in opened[:OPENED] if _reads(row, wanted)]
    complete = len(opened) <= OPENED and len(found) <= FOUND
    return [entry_of(lead, row) for row in found[:FOUND]], complete


def _reads(row: Interaction, wanted: list[str]) -> bool:
    try:
        return matches(f"{row.subject}\n{row.body}", wanted)
    except Erased:
        return False
