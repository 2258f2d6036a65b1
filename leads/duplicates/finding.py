"""Pairs are found and kept: for one lead when something about them changes, for all at night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from crm.models import Event
from leads.duplicates import groups, known
from leads.duplicates.rules import Known, Verdict, judge
from leads.models import Duplicate, DuplicateSearch, Lead, Relationship

BATCH = 500
Pair = tuple[UUID, UUID]


@transaction.atomic
def find_for(*, lead: Lead) -> int:
    """The pairs of one lead, as its contact data and name stand now."""
    near = groups.around(lead)
    people = known.fetch({lead.id, *near})
    found = _judged(people, (_pair(lead.id, other) for other in near))
    gone = Duplicate.objects.filter(Q(one=lead) | Q(other=lead), state=Duplicate.State.OPEN)
    for pair in gone:
        if (pair.one_id, pair.other_id) not in found:
            pair.delete()
    return _keep(found)


def react(event: Event) -> None:
    """For leads/reactions.py: somebody came, changed, merged or parted."""
    named = event.data.get("leads")
    ids = [event.subject, *(named if isinstance(named, list) else ())]
    for lead in Lead.objects.filter(id__in=ids, state__in=known.COMPARED).order_by("id"):
        find_for(lead=lead)


def find_all() -> DuplicateSearch:
    """In batches, each in a transaction of its own; the tick sees to it that one runs at a time."""
    skipped: Counter[str] = Counter()
    pairs = 0
    for batch in _batches(skipped):
        people = known.fetch({id for pair in batch for id in pair})
        pairs += _keep(_judged(people, batch))
    tidy()
    search = DuplicateSearch.objects.create(pairs=pairs, skipped=dict(skipped))
    DuplicateSearch.objects.exclude(id=search.id).delete()
    return search


def _batches(skipped: Counter[str]) -> Iterator[set[Pair]]:
    waiting: set[Pair] = set()
    for group in groups.everywhere():
        if group.too_large:
            # Many have one name; that is no office.
            skipped[group.kind] += group.kind != "name"
            continue
        waiting |= {_pair(*two) for two in combinations(group.leads, 2)}
        if len(waiting) >= BATCH:
            yield waiting
            waiting = set()
    yield waiting


def _pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one < other else (other, one)


def _judged(people: Mapping[UUID, Known], pairs: Iterable[Pair]) -> dict[Pair, Verdict]:
    there = {pair for pair in pairs if people.keys() >= set(pair)}
    related = _related(there)
    verdicts = {
        pair: judge(people[pair[0]], people[pair[1]]) for pair in there if pair not in related
    }
    return {pair: verdict for pair, verdict in verdicts.items() if verdict is not None}


def _related(pairs: set[Pair]) -> set[Pair]:
    """Whom the agent knows to be two: they are somebody to each other."""
    ids = {id for pair in pairs for id in pair}
    told = Relationship.objects.filter(lead__in=ids, other__in=ids)
    return {_pair(one, other) for one, other in told.values_list("lead_id", "other_id")}


@transaction.atomic
def _keep(found: Mapping[Pair, Verdict]) -> int:
    """New pairs begin open; what was decided stays so; an open one takes the newer evidence."""
    held = {
        (pair.one_id, pair.other_id): pair
        for pair in Duplicate.objects.filter(one__in={one for one, _ in found})
    }
    made = []
    for (one, other), verdict in sorted(found.items()):
        values = {
            "confidence": verdict.confidence,
            "evidence": verdict.evidence,
            "as_household": verdict.as_household,
        }
        pair = held.get((one, other))
        if pair is None:
            made.append(Duplicate(one_id=one, other_id=other, **values))
        elif pair.state == Duplicate.State.OPEN and _differs(pair, values):
            Duplicate.objects.filter(id=pair.id).update(**values)
    return len(Duplicate.objects.bulk_create(made, ignore_conflicts=True))


def _differs(pair: Duplicate, values: Mapping[str, object]) -> bool:
    return any(getattr(pair, name) != value for name, value in values.items())


def tidy() -> int:
    """Open pairs of people who are no longer there, as after an erasure or an import undone."""
    there = Q(one__state__in=known.COMPARED, other__state__in=known.COMPARED)
    gone, _ = Duplicate.objects.filter(~there, state=Duplicate.State.OPEN).delete()
    return gone
