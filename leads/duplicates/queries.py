"""What the pages of duplicates show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from crm.shell import money, shapes
from crm.shell.links import link
from crm.shell.template_tags import initials, tint
from leads.duplicates.rules import WORDS
from leads.models import Duplicate, Lead, Merge
from leads.people.queries import Reach, reach_of

A_PAGE = 25
LATELY = 10
MOST_WAYS = 4
TEMPLATE = "leads/duplicates/_person.html"
PAGES = (("page", "people:lead"),)
PAIR = "leads/duplicates/_pair.html"
PAIR_PAGES = (("household", "duplicates:household"), ("apart", "duplicates:apart"))
LIKENESS = ("evidence", "as_household", "one__name", "other__name")


@dataclass(frozen=True)
class Card:
    """A lead as it is told from another one."""

    lead: Lead
    reach: Reach

    @property
    def budget(self) -> str:
        return money.short_range(self.lead.budget_min, self.lead.budget_max, self.lead.currency)

    @property
    def drawn(self) -> SafeString:
        return shapes.drawn(TEMPLATE, self.told, pages=PAGES)

    @property
    def told(self) -> dict[str, str]:
        lead = self.lead
        ways = ((way.named, way.text) for way in self.reach.ways[:MOST_WAYS])
        return {
            "name": lead.name, "tint": str(tint(lead.name)), "initials": initials(lead.name),
            "id": str(lead.id), "kind": lead.get_kind_display(),
            "stage": str(lead.stage), "archived": "" if lead.is_present else "yes",
            "ways": format_html_join("", "<dt>{}</dt><dd>{}</dd>", ways),
            "budget": self.budget, "source": str(lead.source or ""),
            "arrived": date_format(timezone.localtime(lead.arrived_at), "D j F Y"),
        }  # fmt: skip


@dataclass(frozen=True)
class Pair:
    row: Duplicate
    cards: Sequence[Card]

    @property
    def evidence(self) -> list[str]:
        return in_words(self.row)

    def drawn(self, *, token: str, here: str) -> SafeString:
        """`here` is the page that is come back to from what is decided."""
        return shapes.drawn(PAIR, self.told(token=token, here=here), pages=PAIR_PAGES)

    def told(self, *, token: str, here: str) -> dict[str, str]:
        one, other = self.row.one_id, self.row.other_id
        return {
            "id": str(self.row.id), "confidence": str(self.row.confidence),
            "evidence": ", ".join(self.evidence), "house": "yes" if self.row.as_household else "",
            "twins": SafeString("".join(card.drawn for card in self.cards)),
            "merge": f"{link('duplicates:merge')}?lead={one}&lead={other}",
            "token": token, "here": here,
        }  # fmt: skip


def in_words(row: Duplicate) -> list[str]:
    return [WORDS[name] for name in row.evidence if name in WORDS]


@dataclass(frozen=True)
class Likeness:
    """Who else a lead may be, as little of them as their page needs."""

    row: Duplicate
    other: Lead

    @property
    def evidence(self) -> list[str]:
        return in_words(self.row)


@dataclass(frozen=True)
class Review:
    pairs: list[Pair]
    following: str


def review(*, household: bool, after: str = "") -> Review:
    """The surest first."""
    rows = Duplicate.objects.filter(state=Duplicate.State.OPEN, as_household=household)
    found = list(_after(rows, after).order_by("-confidence", "id")[: A_PAGE + 1])
    following = _place(found[A_PAGE - 1]) if len(found) > A_PAGE else ""
    return Review(_pairs(found[:A_PAGE]), following)


def _after(rows: QuerySet[Duplicate], after: str) -> QuerySet[Duplicate]:
    confidence, _, id = after.partition("-")
    try:
        place = int(confidence), UUID(id)
    except ValueError:
        return rows
    later = Q(confidence__lt=place[0]) | Q(confidence=place[0], id__gt=place[1])
    return rows.filter(later)


def _place(row: Duplicate) -> str:
    return f"{row.confidence}-{row.id}"


def of_lead(lead: Lead) -> list[Likeness]:
    rows = Duplicate.objects.filter(Q(one=lead) | Q(other=lead), state=Duplicate.State.OPEN)
    named = rows.select_related("one", "other").only(*LIKENESS).order_by("-confidence", "id")
    found = named[:5]
    return [Likeness(row, row.other if row.one_id == lead.id else row.one) for row in found]


def _pairs(rows: Iterable[Duplicate]) -> list[Pair]:
    rows = list(rows)
    made = cards({id for row in rows for id in (row.one_id, row.other_id)})
    return [Pair(row, [made[row.one_id], made[row.other_id]]) for row in rows]


def cards(ids: Iterable[UUID]) -> Mapping[UUID, Card]:
    leads = Lead.objects.select_related("stage", "source").in_bulk(list(ids))
    reach = reach_of(leads.values())
    return {id: Card(lead, reach[id]) for id, lead in leads.items()}


@dataclass(frozen=True)
class Made:
    """A merge that can still be taken back."""

    merge: Merge
    kept: Lead
    gone: list[str]


def lately(lead: Lead | None = None) -> list[Made]:
    merges = Merge.objects.filter(undone_at=None).exclude(kept__state=Lead.State.ERASED)
    if lead is not None:
        merges = merges.filter(kept=lead)
    found = list(merges.select_related("kept").order_by("-at")[:LATELY])
    gone = {id for merge in found for id in merge.gone}
    names = dict(Lead.objects.filter(id__in=gone).values_list("id", "name"))
    return [
        Made(merge, merge.kept, [names[id] for id in merge.gone if id in names]) for merge in found
    ]
