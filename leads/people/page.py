"""What the page of one lead says of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from crm.shell import moments
from leads.models import Consent, Lead, Relationship, Stage
from leads.people import queries
from leads.people.queries import Reach, Way
from properties.models import Listing

HOT, WARM = 75, 50
# When one may call them, by their own clock.
EARLIEST, LATEST = 8, 21
ALONG = [kind for kind in Stage.Kind.values if kind not in (Stage.Kind.NURTURE, Stage.Kind.LOST)]
SPOKE = {
    "call": ("phone", "Last spoke"),
    "meeting": ("users-round", "Last met"),
    "showing": ("house", "Last showing"),
    "visit": ("eye", "Looked online"),
    "email": ("mail", "Last wrote"),
}
MOVING = {
    Lead.Moving.IMMEDIATE: "Moving within 3 months",
    Lead.Moving.PLANNING: "Moving within 6 months",
    Lead.Moving.RESEARCHING: "Moving within a year",
    Lead.Moving.DREAMING: "Moving some day",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else, and what they are to this one."""

    id: UUID
    name: str
    bond: str = ""
    relationship: UUID | None = None


@dataclass(frozen=True, slots=True)
class Step:
    stage: Stage
    state: str
    since: dt.datetime | None

    @property
    def asks(self) -> bool:
        return self.stage.kind == Stage.Kind.LOST


@dataclass(frozen=True, slots=True)
class Said:
    """What they said about one channel."""

    channel: str
    label: str
    state: str
    at: dt.datetime | None
    how: str

    @property
    def tone(self) -> str:
        return {"given": "good", "refused": "bad"}.get(self.state, "")

    @property
    def icon(self) -> str:
        return {"given": "check", "refused": "x"}.get(self.state, "minus")

    @property
    def words(self) -> str:
        return {"given": "yes", "refused": "no"}.get(self.state, "not asked")


class LeadPage:
    """What the templates ask, each worked out once."""

    def __init__(self, lead: Any) -> None:
        self.lead = lead
        self.now = timezone.now()
        self.zone = timezone.get_current_timezone()

    @cached_property
    def reach(self) -> Reach:
        consents = {said.channel: said.state for said in self.consents if said.state}
        return queries.reach_from(self.lead, consents)

    @cached_property
    def consents(self) -> list[Said]:
        rows = {row["channel"]: row for row in self.lead.consent_rows}
        return [
            Said(
                channel=value,
                label=label,
                state=rows.get(value, {}).get("state", ""),
                at=parse_datetime(rows[value]["at"]) if value in rows else None,
                how=rows.get(value, {}).get("how", ""),
            )
            for value, label in Consent.Channel.choices
        ]

    @cached_property
    def stages(self) -> list[Stage]:
        return [Stage(**row) for row in self.lead.stage_rows]

    @cached_property
    def steps(self) -> list[Step]:
        """The stages along the way; where they stand aside of it, none is the present one."""
        since = {row["stage"]: parse_datetime(row["at"]) for row in self.lead.move_rows}
        along = [stage for stage in self.stages if stage.kind in ALONG]
        at = next((n for n, stage in enumerate(along) if stage.id == self.lead.stage_id), -1)
        return [
            Step(stage, "current" if n == at else "done" if n < at else "", since.get(stage.id))
            for n, stage in enumerate(along)
        ]

    @property
    def aside(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.kind not in ALONG]

    @property
    def stands_aside(self) -> bool:
        return self.lead.stage.kind not in ALONG

    @property
    def so_far(self) -> str:
        """How long in the stage: "2 days so far"."""
        days = moments.days_between(self.lead.stage_since, self.now, self.zone)
        return "since today" if days < 1 else f"{days:,} day{'s' if days > 1 else ''} so far"

    @cached_property
    def household(self) -> list[Person]:
        """Each with what they are to this one, where that was told."""
        told = {bond.id: bond for bond in self.bonds}
        home = [Person(UUID(row["id"]), row["name"]) for row in self.lead.home_rows]
        return [told.get(person.id, person) for person in home]

    @property
    def others(self) -> list[Person]:
        """Who belongs to them and lives elsewhere, or is a second thing to them."""
        return [bond for bond in self.bonds if bond not in self.household]

    @cached_property
    def bonds(self) -> list[Person]:
        told = [self._bond(row, row["kind"]) for row in self.lead.told_rows]
        mirrored = Relationship.MIRRORED
        heard = [
            self._bond(row, mirrored.get(row["kind"], row["kind"])) for row in self.lead.heard_rows
        ]
        return told + heard

    def _bond(self, row: dict[str, Any], kind: str) -> Person:
        label = Relationship.Kind(kind).label
        return Person(UUID(row["id"]), row["name"], label, UUID(row["row"]))

    @cached_property
    def referrals(self) -> list[Person]:
        return [Person(UUID(row["id"]), row["name"]) for row in self.lead.referral_rows]

    @property
    def with_whom(self) -> str:
        close = [bond.name for bond in self.bonds if bond.bond in ("Spouse", "Co-buyer")]
        names = list(dict.fromkeys([person.name for person in self.household] + close))
        if len(names) > 2:
            names = [", ".join(names[:2]), f"{len(names) - 2} more"]
        return " and ".join(names)

    @property
    def homes(self) -> str:
        """ "House or townhouse, 3+ bedrooms" """
        kinds = [Listing.Kind(kind).label for kind in self.lead.home_kinds]
        first, others = kinds[:1], [kind.lower() for kind in kinds[1:]]
        bedrooms = f"{self.lead.bedrooms_min}+ bedrooms" if self.lead.bedrooms_min else ""
        return ", ".join(filter(None, (" or ".join(first + others), bedrooms)))

    @property
    def areas(self) -> str:
        return ", ".join(row["name"] for row in self.lead.area_rows)

    @property
    def whereabouts(self) -> str:
        """ "Austin to Cebu City", as far as it is known."""
        cities = [row["city"] or row["name"] for row in self.lead.area_rows]
        here = str(timezone.get_current_timezone())
        start = place(self.lead.zone) if self.lead.zone and self.lead.zone != here else ""
        end = cities[0] if cities else ""
        return f"{start} to {end}" if start and end else start or end

    @property
    def moving(self) -> str:
        return MOVING.get(self.lead.moving, "")

    @property
    def last_touch(self) -> tuple[str, str] | None:
        """An icon and the words."""
        if not self.lead.last_touch_at:
            return None
        icon, said = SPOKE.get(self.lead.last_touch_kind, ("message-circle", "Last wrote"))
        return icon, f"{said} {moments.ago(self.lead.last_touch_at, self.now, self.zone)}"

    @property
    def temperature(self) -> tuple[str, str] | None:
        """The tone of the score and its word, once there is one."""
        if self.lead.scored_at is None:
            return None
        words = {"hot": "Hot", "warm": "Warm", "cool": "Cool"}
        score = self.lead.score
        tone = "hot" if score >= HOT else "warm" if score >= WARM else "cool"
        return tone, words[tone]

    @cached_property
    def their_time(self) -> dt.datetime | None:
        return queries.their_time(self.lead, self.now)

    @property
    def their_clock(self) -> str:
        """ "Thu 16:37"; a template's own dates would be told by the owner's clock."""
        time = self.their_time
        return f"{time:%a} {time.hour}:{time.minute:02}" if time else ""

    @property
    def their_place(self) -> str:
        return place(self.lead.zone)

    @property
    def fine_to_call(self) -> str:
        if self.their_time is None:
            return ""
        hour = self.their_time.hour
        if hour < EARLIEST:
            return "too early to call"
        return "fine to call" if hour < LATEST else "too late to call"

    @property
    def birthday(self) -> str:
        if not self.lead.birthday_month:
            return ""
        # A leap year, so that 29 February is a day.
        return f"{dt.date(2024, self.lead.birthday_month, self.lead.birthday_day):%-d %B}"

    @property
    def phone(self) -> Way | None:
        return self.reach.phone

    @property
    def email(self) -> Way | None:
        return self.reach.email


def place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def of(lead: Any) -> LeadPage:
    """Worked out once for all panels of a page."""
    made: LeadPage = vars(lead).setdefault("_page", None) or LeadPage(lead)
    lead._page = made
    return made
