"""A lead's timeline: what was said, moved, sold and done, merged by time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from crm.vault.errors import Erased
from crm.vault.words import asked, looked_up, matches
from leads.models import Attachment, FollowUp, Interaction, Lead, Stage, StageChange
from leads.roi.queries import deals_of
from leads.timeline import wording
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
        sources += [_stages(lead, before, size), _deals(lead, before), _arrival(lead, before)]
    if show == "all":
        sources.append(_follow_ups(lead, before, size))
    return heapq.merge(*sources, key=lambda entry: (entry.at, entry.source), reverse=True)


def _interactions(lead: Lead, sort: Q, before: Mark | None, size: int) -> list[Entry]:
    rows = Interaction.objects.filter(sort, lead=lead).defer("words").select_related("listing")
    page = after(rows, before, source=Source.INTERACTION, at="at")[:size]
    return told(lead, cast("Sequence[Interaction]", list(page)))


def told(lead: Lead, found: Sequence[Interaction]) -> list[Entry]:
    files: dict[Any, list[Attachment]] = {}
    for file in Attachment.objects.filter(interaction__in=[row.id for row in found]).order_by("id"):
        files.setdefault(file.interaction_id, []).append(file)
    return [wording.interaction(lead, row, files.get(row.id, [])) for row in found]


def _stages(lead: Lead, before: Mark | None, size: int) -> list[Entry]:
    """Moves with the names that the stages bear today."""
    named = Stage.objects.values("name")
    moves = StageChange.objects.filter(lead=lead.id, from_stage__isnull=False).annotate(
        from_name=Subquery(named.filter(id=OuterRef("from_stage"))),
        to_name=Subquery(named.filter(id=OuterRef("to_stage"))),
    )
    return [
        wording.stage(cast("Any", row))
        for row in after(moves, before, source=Source.STAGE, at="at")[:size]
    ]


def _follow_ups(lead: Lead, before: Mark | None, size: int) -> list[Entry]:
    """Those that no talk stands for."""
    done = FollowUp.objects.filter(lead=lead, state=FollowUp.State.DONE, interaction__isnull=True)
    return [
        wording.follow_up(cast("FollowUp", row))
        for row in after(done, before, source=Source.FOLLOW_UP, at="ended_at")[:size]
    ]


def _deals(lead: Lead, before: Mark | None) -> list[Entry]:
    """A person has a handful at most."""
    told = [entry for deal in deals_of(lead) for entry in wording.deal(deal)]
    return _below(told, before)


def _arrival(lead: Lead, before: Mark | None) -> list[Entry]:
    return _below([wording.arrival(lead)], before)


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
    rows = Interaction.objects.filter(may, lead=lead).defer("words").select_related("listing")
    opened = list(rows.newest_first()[: OPENED + 1])
    found = [row for row in opened[:OPENED] if _reads(row, wanted)]
    complete = len(opened) <= OPENED and len(found) <= FOUND
    return told(lead, found[:FOUND]), complete


def _reads(row: Interaction, wanted: list[str]) -> bool:
    try:
        return matches(f"{row.subject}\n{row.body}", wanted)
    except Erased:
        return False
