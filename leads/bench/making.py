"""Rows by COPY with their trail; what the standing's triggers would add up is drawn with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from crm.bench.hands import share_out
from crm.bench.stage import Stage, copy
from crm.vault import data_keys
from crm.vault.bulk import Sealer
from crm.vault.data_keys import Subject
from crm.vault.ids import uuid7
from crm.vault.sealing import OpenKey
from leads.bench import own
from leads.bench.drawing import KINDS, OUTCOMES, Drawn, body, draw
from leads.models import (
    ContactPoint,
    FollowUp,
    Interaction,
    Lead,
    LeadArea,
    LeadTag,
    Source,
    Tag,
)
from leads.models import (
    Stage as LeadStage,
)
from properties.models import Area, Listing

BATCH = 10_000
TAGS = 40
MOVING = ("", *Lead.Moving.values)
# How the stages share people: most never move.
STAGES = (
    "new",
    "contacted",
    "nurture",
    "qualified",
    "lost",
    "closed",
    "showing",
    "offer",
    "reserved",
)

LEAD = (
    *("id", "data_key", "state", "name", "given_name", "family_name", "kind", "language", "zone"),
    *("birthday_month", "birthday_day", "budget_min", "budget_max", "currency", "moving"),
    *("home_kinds", "must_have", "nice_to_have", "stage_id", "stage_since", "lost_reason"),
    *("source_id", "arrived_at", "do_not_contact", "last_touch_at", "last_touch_kind"),
    *("last_in_at", "last_out_at", "unanswered_since", "first_attempt_at", "next_follow_up_at"),
    *("score", "score_reasons"),
)
POINT = ("id", "lead_id", "kind", "label", "network", "is_primary", "made_at")
TALK = (
    *("id", "lead_id", "kind", "direction", "at", "outcome", "sentiment", "feedback"),
    *("listing_id", "automatic", "origin", "made_at"),
)
DUE = (
    *("id", "lead_id", "kind", "due", "priority", "state", "outcome", "snoozes", "rule", "zone"),
    *("origin", "sequence", "made_at", "reminders", "set_at"),
)


@dataclass(frozen=True)
class Names:
    """The ids of what leads point to, the frequent ones first."""

    stages: list[int]
    sources: list[int]
    tags: list[int]
    areas: list[int]
    homes: list[UUID]
    own_fields: dict[str, int]


def make_leads(stage: Stage) -> int:
    names = _names()
    with _standing_is_drawn():
        share_out(partial(_batch, stage, names, at) for at in range(0, stage.rows, BATCH))
    return stage.rows


def _names() -> Names:
    by_kind = {each.kind: each.pk for each in LeadStage.objects.all()}
    tags = Tag.objects.bulk_create(Tag(name=f"Tag {number}") for number in range(TAGS))
    return Names(
        stages=[by_kind[kind] for kind in STAGES],
        sources=list(Source.objects.values_list("id", flat=True)),
        tags=[tag.pk for tag in tags],
        areas=list(Area.objects.order_by("id").values_list("id", flat=True)),
        homes=list(Listing.objects.order_by("id").values_list("id", flat=True)),
        own_fields=own.make_fields(),
    )


@contextmanager
def _standing_is_drawn() -> Iterator[None]:
    """Written with the leads instead of added up once more for each of their entries."""
    _switch_standing("DISABLE")
    yield
    _switch_standing("ENABLE")


def _switch_standing(on_or_off: str) -> None:
    with connection.cursor() as cursor:
        # A table with checks to come can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("leads_interaction", "leads_follow_up"):
            cursor.execute(f"ALTER TABLE {table} {on_or_off} TRIGGER standing_insert")


@transaction.atomic
def _batch(stage: Stage, names: Names, first: int) -> None:
    """A stream of its own for each, so that it does not matter who writes it, and when."""
    random = stage.random(f"leads from {first}")
    ranks = stage.zipf(len(STAGES)).draw(random, min(BATCH, stage.rows - first))
    drawn = draw(stage, random, first, ranks)
    keys = data_keys.make_many([Subject("leads.lead", lead.id) for lead in drawn])
    copy(Lead._meta.db_table, LEAD, (_lead(random, names, lead, keys) for lead in drawn))
    _copy_sealed(ContactPoint, POINT, keys, _points(drawn))
    _copy_sealed(Interaction, TALK, keys, _talks(random, names, drawn))
    _copy_sealed(FollowUp, DUE, keys, _follow_ups(drawn))
    for model, column, ids, share in (
        (LeadTag, "tag_id", names.tags, 0.5),
        (LeadArea, "area_id", names.areas, 0.6),
    ):
        chosen = [lead for lead in drawn if random.random() < share]
        places = stage.zipf(len(ids)).draw(random, len(chosen))
        rows = ((uuid7(), lead.id, ids[at]) for lead, at in zip(chosen, places, strict=True))
        copy(model._meta.db_table, ("id", "lead_id", column), rows)
    own.copy_values(random, names.own_fields, [lead.id for lead in drawn])


def _lead(
    random: Random, names: Names, lead: Drawn, keys: dict[UUID, OpenKey]
) -> tuple[object, ...]:
    given, family = lead.name
    budget = round(random.lognormvariate(15.7, 0.5), -5) if random.random() < 0.6 else None
    birthday = (
        (random.randrange(1, 13), random.randrange(1, 29)) if lead.number % 3 else (None, None)
    )
    moving = random.choice(MOVING)
    lost = "unreachable" if STAGES[lead.stage] == "lost" else ""
    touch_at, touch_kind = lead.touch
    answered = lead.last("out")
    return (
        *(lead.id, keys[lead.id].id, "present", f"{given} {family}", given, family),
        *(KINDS[lead.number % len(KINDS)], "", "", *birthday),
        *(None if budget is None else budget * 0.8, budget, "PHP", moving),
        *("{}", "{}", "{}", names.stages[lead.stage], lead.arrived_at, lost),
        *(random.choice(names.sources), lead.arrived_at, False, touch_at, touch_kind),
        *(lead.last("in"), answered, lead.unanswered_since(answered), lead.first_attempt),
        *(lead.due, min(100, int(random.betavariate(2, 3) * 100)), "[]"),
    )


Sealable = Iterator[tuple[UUID, tuple[Any, ...], dict[str, Any]]]


def _copy_sealed(
    model: type[Any], columns: tuple[str, ...], keys: dict[UUID, OpenKey], rows: Sealable
) -> None:
    """Each row: whose it is, its plain columns (the id first), what is to be sealed."""
    sealer = Sealer(model, repeats=64)
    sealed = list(sealer.columns(uuid7(), next(iter(keys.values())), {}))

    def made() -> Iterator[tuple[object, ...]]:
        for lead, plain, values in rows:
            columns = sealer.columns(plain[0], keys[lead], values)
            if hashes := columns.get("words"):
                columns["words"] = _as_text(tuple(hashes))
            yield (*plain, *columns.values())

    copy(model._meta.db_table, (*columns, *sealed), made())


@lru_cache(64)
def _as_text(numbers: tuple[int, ...]) -> str:
    """As the database writes an array; the driver would spell each number each time."""
    return f"{{{','.join(map(str, numbers))}}}"


def _points(drawn: list[Drawn]) -> Sealable:
    for lead in drawn:
        if lead.number % 10:
            row = (uuid7(), lead.id, "phone", "Mobile", "", True, lead.arrived_at)
            yield lead.id, row, {"phone": phone_of(lead.number)}
        if lead.number % 5 < 3:
            row = (uuid7(), lead.id, "email", "", "", True, lead.arrived_at)
            yield lead.id, row, {"email": f"person{lead.number}@example{lead.number % 97}.com"}


def phone_of(number: int) -> str:
    return f"+63917{number:07d}"


def _talks(random: Random, names: Names, drawn: list[Drawn]) -> Sealable:
    for lead in drawn:
        for talk in lead.talks:
            called = talk.kind == "call" and talk.way == "out"
            outcome = random.choice(OUTCOMES) if called else ""
            home = random.choice(names.homes) if talk.kind == "showing" else None
            row = (uuid7(), lead.id, talk.kind, talk.way, talk.at, outcome, "", "", home, False)
            yield lead.id, (*row, "logged", talk.at), {"body": body(random, talk)}


def _follow_ups(drawn: list[Drawn]) -> Sealable:
    for lead in drawn:
        if lead.due is not None:
            made = lead.due - timedelta(days=7)
            row = (uuid7(), lead.id, "call", lead.due, 2, "open", "", 0, "", "", "", 0)
            yield lead.id, (*row, made, "{}", made), {"title": "Call back about the loan"}
