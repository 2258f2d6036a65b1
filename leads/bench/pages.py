"""Which pages of people are walked, and with whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from crm.bench.registry import Walk, register_page
from crm.bench.stage import Stage
from crm.lists.tree import Condition, Group, to_address
from leads.bench.making import phone_of
from leads.directory.listing import BUILTIN
from leads.models import (
    Cadence,
    ContactPoint,
    Deal,
    Duplicate,
    FollowUp,
    FollowUpTemplate,
    Interaction,
    Lead,
    LeadArea,
    Tag,
)
from leads.timeline.queries import timeline
from properties.models import Listing

Path = Callable[[Stage], str | Sequence[str]]
# The first who have a phone and an e-mail; and the one with ten thousand entries.
USUAL = (2, 7, 11, 12, 16, 17, 21, 22, 26, 27)
BUSIEST = 1
PAGES_ON = 50
OF_A_PERSON = (
    "people:history", "people:details", "people:wants", "people:about", "people:custom",
    "people:add_point", "people:lost", "people:relate", "people:referred", "timeline:log",
    "timeline:entries", "today:why", "today:snooze", "rights:held", "rights:erase", "roi:add",
)  # fmt: skip


def register() -> None:
    lists()
    people()
    rows()
    page("people", "Add a lead", at("people:add"))
    page("pipeline", "Pipeline of rentals", at("pipeline:board", tab="rentals"))
    page("followups", "Agenda, a day", at("followups:agenda", span="day"))
    page("followups", "Agenda, a week", at("followups:agenda", span="week"))
    page("followups", "Agenda, next month", _next_month)
    page("followups", "Plan a follow-up", at("followups:add"))
    page("followups", "Add a set", at("followups:set_add"))
    page("followups", "Add a rule", at("followups:cadence_add"))
    page("duplicates", "Duplicates: households", at("duplicates:review", show="households"))
    page("duplicates", "Merge two", _two)
    page("names", "Add a tag", lambda _stage: reverse("names:add", args=["tags"]))


def page(room: str, name: str, path: Path) -> None:
    register_page(Walk(room, name, path))


def at(name: str, **asked: str) -> Path:
    return lambda _stage: f"{reverse(name)}?{urlencode(asked)}"


def lists() -> None:
    for each in BUILTIN:
        page("people", f"Leads: {each.label}", at("directory:leads", list=each.name))
    page("people", "Leads: of one area", _filtered("areas", "any_of", _area))
    page("people", "Leads: by budget", _filtered("budget", "at_least", lambda: "9000000"))
    page("people", "Leads: all, by name", at("directory:leads", list="all", sort="name"))
    page("people", "Leads: all, by last touch", at("directory:leads", list="all", sort="-touch"))


def _filtered(name: str, how: str, value: Callable[[], str]) -> Path:
    def path(stage: Stage) -> str:
        asked = Group("all", (Condition(name, how, (value(),)),))
        return str(at("directory:leads", list="all", q=to_address(asked))(stage))

    return path


def _area() -> str:
    return str(LeadArea.objects.values_list("area_id", flat=True)[:1][0])


def people() -> None:
    page("people", "Lead", of_people("people:lead"))
    page("people", "Lead with 10,000 entries", of_people("people:lead", BUSIEST))
    page("timeline", "10,000 entries, page 50", _page_50)
    page(
        "timeline",
        "10,000 entries, the notes",
        of_people("timeline:entries", BUSIEST, show="notes"),
    )
    page(
        "timeline",
        "10,000 entries, two words",
        of_people("timeline:entries", BUSIEST, words="roof deck"),
    )
    page("timeline", "Write down a showing", of_people("timeline:compose", compose="showing"))
    page("people", "Agreed to calls", of_people("people:consent", channel="call"))
    for name in OF_A_PERSON:
        page(name.partition(":")[0], name.replace(":", ", "), of_people(name))


def of_people(name: str, *numbers: int, channel: str = "", **asked: str) -> Path:
    def path(_stage: Stage) -> list[str]:
        more = [channel] if channel else []
        found = [reverse(name, args=[lead, *more]) for lead in known(*numbers or USUAL)]
        return [f"{address}?{urlencode(asked)}" for address in found]

    return path


def known(*numbers: int) -> list[UUID]:
    points = (ContactPoint.objects.with_phone(phone_of(number)) for number in numbers)
    return [point.lead_id for found in points for point in found[:1]]


def _page_50(_stage: Stage) -> str:
    lead = Lead.objects.get(id=known(BUSIEST)[0])
    mark = timeline(lead, size=30 * PAGES_ON).following
    return f"{reverse('timeline:entries', args=[lead.id])}?{urlencode({'before': str(mark or '')})}"


NAMED_BY_A_ROW: dict[str, type[Model]] = {
    "search:home": Listing,
    "followups:done": FollowUp,
    "followups:edit": FollowUp,
    "followups:snooze": FollowUp,
    "followups:set": FollowUpTemplate,
    "followups:cadence": Cadence,
}
NAMED_BY_A_LEADS_ROW: dict[str, type[Model]] = {
    "timeline:entry": Interaction,
    "roi:change": Deal,
    "people:change_point": ContactPoint,
}


def rows() -> None:
    """What is named by a row: any of them."""
    for name, model in NAMED_BY_A_ROW.items():
        page(name.partition(":")[0], name.replace(":", ", "), _row(name, model))
    for name, model in NAMED_BY_A_LEADS_ROW.items():
        page(name.partition(":")[0], name.replace(":", ", "), _row(name, model, of_lead=True))
    for name in ("names:change", "names:remove", "names:merge"):
        page("names", name.replace(":", ", "), _tag(name))


def _row(name: str, model: type[Model], *, of_lead: bool = False) -> Path:
    def path(_stage: Stage) -> str:
        row: Any = model._default_manager.order_by("pk")[0]
        return reverse(name, args=[row.lead_id, row.pk] if of_lead else [row.pk])

    return path


def _tag(name: str) -> Path:
    return lambda _stage: reverse(name, args=["tags", Tag.objects.all()[0].pk])


def _next_month(stage: Stage) -> str:
    day = stage.today.date() + timedelta(days=28)
    return str(at("followups:agenda", span="week", on=day.isoformat())(stage))


def _two(_stage: Stage) -> str:
    pair = Duplicate.objects.order_by("id")[0]
    leads = urlencode([("lead", pair.one_id), ("lead", pair.other_id)])
    return f"{reverse('duplicates:merge')}?{leads}"
