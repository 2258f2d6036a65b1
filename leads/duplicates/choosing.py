"""The page on which the agent says whose value each field takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from leads.duplicates import fields
from leads.duplicates.merging import CUSTOM, MOST
from leads.models import ContactPoint, CustomValue, Lead, Tag
from leads.people.queries import Way, way

KEPT = "kept"


@dataclass(frozen=True)
class Cell:
    lead: UUID
    text: str
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One field, and what each of them says; where they differ the agent chooses."""

    name: str
    label: str
    cells: Sequence[Cell]

    @property
    def differs(self) -> bool:
        return len({cell.text for cell in self.cells if cell.text}) > 1


@dataclass(frozen=True)
class Choice:
    leads: Sequence[Lead]
    kept: UUID
    lines: Sequence[Line]
    ways: Sequence[Way]
    tags: Sequence[str]

    @property
    def conflicts(self) -> int:
        return sum(line.differs for line in self.lines)


def people(ids: Sequence[UUID]) -> list[Lead]:
    """In the order in which they were named; those who can't be merged are left out."""
    there = [Lead.State.PRESENT, Lead.State.ARCHIVED]
    rows = Lead.objects.filter(id__in=ids[:MOST], state__in=there)
    found = {lead.id: lead for lead in rows.select_related(*fields.RELATED)}
    return [found[id] for id in dict.fromkeys(ids[:MOST]) if id in found]


def choice(leads: Sequence[Lead]) -> Choice:
    chosen = fields.preselected(leads)
    lines = [
        Line(field.name, field.label, _cells(leads, {lead.id: field.says(lead) for lead in leads},
                                             chosen.get(field.name)))
        for field in fields.FIELDS
    ]  # fmt: skip
    lines += _custom(leads)
    return Choice(
        leads=leads,
        kept=fields.fullest(leads).id,
        lines=[line for line in lines if any(cell.text for cell in line.cells)],
        ways=_ways(leads),
        tags=list(Tag.objects.filter(leads__in=leads).distinct().values_list("name", flat=True)),
    )


def _cells(leads: Sequence[Lead], said: Mapping[UUID, str], chosen: UUID | None) -> list[Cell]:
    return [Cell(lead.id, said.get(lead.id, ""), lead.id == chosen) for lead in leads]


def _custom(leads: Sequence[Lead]) -> list[Line]:
    said: dict[int, dict[UUID, str]] = defaultdict(dict)
    labels = {}
    rows = CustomValue.objects.filter(lead__in=leads).select_related("field")
    for row in rows.order_by("field__order", "field_id"):
        labels[row.field_id] = row.field.name
        said[row.field_id][row.lead_id] = _in_words(row.value)
    newest = fields.newest_first(leads)
    proposed = {
        id: next(lead.id for lead in newest if lead.id in told) for id, told in said.items()
    }
    return [
        Line(f"{CUSTOM}{id}", label, _cells(leads, said[id], proposed[id]))
        for id, label in labels.items()
    ]


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _ways(leads: Sequence[Lead]) -> list[Way]:
    """All of them masked, what two of them share once."""
    seen: dict[object, Way] = {}
    points = ContactPoint.objects.filter(lead__in=leads).order_by("kind", "-is_primary", "id")
    for point in points:
        held = (point.phone_hash, point.email_hash, point.messenger_hash, point.address_hash)
        value = next((each for each in held if each is not None), point.id)
        seen.setdefault((point.kind, value), way(point))
    return list(seen.values())


def chosen_in(data: Mapping[str, str], made: Choice) -> tuple[UUID, dict[str, UUID]]:
    """What was sent back; whatever isn't one of these people falls back to what was proposed."""
    ids = {str(lead.id): lead.id for lead in made.leads}
    kept = ids.get(data.get(KEPT, ""), made.kept)
    chosen: dict[str, UUID] = {}
    for line in made.lines:
        proposed = next((cell.lead for cell in line.cells if cell.chosen), kept)
        chosen[line.name] = ids.get(data.get(line.name, ""), proposed)
    return kept, chosen
