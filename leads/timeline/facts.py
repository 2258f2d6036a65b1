"""Moves, deals and done follow-ups of a lead: three tables, one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, JSONObject

from crm.vault.fields import Sealed
from leads.models import Deal, FollowUp, Lead, Stage, StageChange
from leads.people.queries import THEMSELVES
from leads.timeline import wording
from leads.timeline.keyset import Mark, Source, after
from leads.timeline.wording import Entry
from properties.models import Listing

Facts = dict[str, Any]
Told = dict[Source, list[Entry]]
COLUMNS = ("source", "moment", "row", "facts")


def told(lead: Lead, before: Mark | None, size: int, *, done: bool) -> Told:
    """By table, the latest first. Deals come all: a person has a handful."""
    parts = [_moves(lead, before, size), _deals(lead)]
    if done:
        parts.append(_follow_ups(lead, before, size))
    found: dict[Source, list[tuple[dt.datetime, str, Facts]]] = {}
    for source, moment, row, facts in parts[0].union(*parts[1:], all=True):
        found.setdefault(Source(source), []).append((moment, row, facts))
    entries: Told = {}
    for source, rows in found.items():
        number, words = READ[source]
        rows.sort(key=lambda row: (row[0], number(row[1])), reverse=True)
        entries[source] = [entry for row in rows for entry in words(*row)]
    return entries


def _moves(lead: Lead, before: Mark | None, size: int) -> Any:
    """With the names that the stages bear today."""
    named = Stage.objects.values("name")
    facts = JSONObject(
        from_name=Subquery(named.filter(id=OuterRef("from_stage"))),
        to_name=Subquery(named.filter(id=OuterRef("to_stage"))),
        why=F("why"),
        actor=F("actor"),
    )
    whose = Q(lead__in=RawSQL(THEMSELVES, [lead.id]))  # noqa: S611
    rows = StageChange.objects.filter(whose, from_stage__isnull=False)
    page = after(rows, before, source=Source.STAGE, at="at")
    return _columns(page, Source.STAGE, F("at"), facts)[:size]


def _follow_ups(lead: Lead, before: Mark | None, size: int) -> Any:
    """Those that no talk stands for."""
    facts = JSONObject(**{name: F(name) for name in ("kind", "outcome", "title", "notes")})
    rows = FollowUp.objects.filter(lead=lead, state=FollowUp.State.DONE, interaction__isnull=True)
    page = after(rows, before, source=Source.FOLLOW_UP, at="ended_at")
    return _columns(page, Source.FOLLOW_UP, F("ended_at"), facts)[:size]


def _deals(lead: Lead) -> Any:
    facts = JSONObject(
        state=F("state"),
        amount=Cast("amount", TextField()),
        currency=F("currency"),
        opened_on=F("opened_on"),
        closed_on=F("closed_on"),
        home=F("listing__title"),
    )
    day = Cast("opened_on", DateTimeField())
    return _columns(Deal.objects.filter(lead=lead).order_by(), Source.DEAL, day, facts)


def _columns(rows: Any, source: Source, moment: Any, facts: JSONObject) -> Any:
    return rows.annotate(
        source=Value(int(source)), moment=moment, row=Cast("id", TextField()), facts=facts
    ).values_list(*COLUMNS)


def _move(moment: dt.datetime, row: str, facts: Facts) -> list[Entry]:
    return [wording.stage(SimpleNamespace(at=moment, id=row, **facts))]


def _done(moment: dt.datetime, row: str, facts: Facts) -> list[Entry]:
    done = FollowUp(
        id=UUID(row), kind=facts["kind"], outcome=facts["outcome"], ended_at=moment, due=moment
    )
    for name in ("title", "notes"):
        vars(done)[name] = sealed(facts[name])
    return [wording.follow_up(done)]


def sealed(text: str | None) -> Sealed | None:
    """What lies sealed, as JSON carries bytes: \\x and hex."""
    return Sealed(bytes.fromhex(text[2:])) if text else None


def _deal(_moment: dt.datetime, row: str, facts: Facts) -> list[Entry]:
    closed = facts["closed_on"]
    deal = Deal(
        id=UUID(row),
        state=facts["state"],
        amount=Decimal(facts["amount"]),
        currency=facts["currency"],
        opened_on=dt.date.fromisoformat(facts["opened_on"]),
        closed_on=dt.date.fromisoformat(closed) if closed else None,
        listing=Listing(title=facts["home"]) if facts["home"] else None,
    )
    return wording.deal(deal)


# How the ids of a table are ordered, and how its rows read.
READ: dict[Source, tuple[Callable[[str], int], Callable[..., list[Entry]]]] = {
    Source.STAGE: (int, _move),
    Source.FOLLOW_UP: (lambda id: UUID(id).int, _done),
    Source.DEAL: (lambda id: UUID(id).int, _deal),
}
