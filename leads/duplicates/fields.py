"""What can differ between leads that become one: field by field, and whose is taken unless the
agent says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from leads.models import Lead


@dataclass(frozen=True)
class Field:
    """Columns that belong together, and what they say in words; "" where nothing is there."""

    name: str
    label: str
    columns: tuple[str, ...]
    says: Callable[[Lead], str]

    def value(self, lead: Lead) -> tuple[Any, ...]:
        return tuple(getattr(lead, column) for column in self.columns)


def _text(column: str) -> Callable[[Lead], str]:
    return lambda lead: str(getattr(lead, column) or "")


def _choice(column: str) -> Callable[[Lead], str]:
    def says(lead: Lead) -> str:
        display: Callable[[], str] = getattr(lead, f"get_{column}_display")
        return display() if getattr(lead, column) else ""

    return says


def _budget(lead: Lead) -> str:
    amounts = [f"{amount:,.0f}" for amount in (lead.budget_min, lead.budget_max) if amount]
    return f"{lead.currency} {' to '.join(amounts)}" if amounts else ""


def _birthday(lead: Lead) -> str:
    if not (lead.birthday_month and lead.birthday_day):
        return ""
    return f"{lead.birthday_day} {MONTHS[lead.birthday_month - 1]}"


def _stage(lead: Lead) -> str:
    reason = f", {lead.get_lost_reason_display().lower()}" if lead.lost_reason else ""
    return f"{lead.stage}{reason}"


def _source(lead: Lead) -> str:
    return ", ".join(str(each) for each in (lead.source, lead.campaign) if each)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
FIELDS = (
    Field("name", "Name", ("name", "given_name", "family_name"), _text("name")),
    Field("kind", "Kind", ("kind",), _choice("kind")),
    Field("stage", "Stage", ("stage_id", "lost_reason"), _stage),
    Field("profile", "Profile", ("profile_id",), _text("profile")),
    Field("budget", "Budget", ("budget_min", "budget_max", "currency"), _budget),
    Field("moving", "Time frame", ("moving",), _choice("moving")),
    Field("bedrooms", "Bedrooms, at least", ("bedrooms_min",), _text("bedrooms_min")),
    Field("source", "Source", ("source_id", "campaign_id"), _source),
    Field("language", "Language", ("language",), _text("language")),
    Field("zone", "Time zone", ("zone",), _text("zone")),
    Field("birthday", "Birthday", ("birthday_month", "birthday_day"), _birthday),
    Field("home_since", "In their home since", ("home_since",), _text("home_since")),
    Field("household", "Household", ("household_id",), _text("household")),
    Field("referred_by", "Referred by", ("referred_by_id",), _text("referred_by")),
)
RELATED = ("stage", "profile", "source", "campaign", "household", "referred_by")
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
# What both have is kept, each thing once.
UNITED = ("home_kinds", "must_have", "nice_to_have")


def newest_first(leads: Iterable[Lead]) -> list[Lead]:
    return sorted(
        leads, key=lambda lead: (lead.last_touch_at or lead.arrived_at, lead.id), reverse=True
    )


def fullest(leads: Sequence[Lead]) -> Lead:
    """Who is kept: the one with most filled in, among equals the newest."""
    return max(newest_first(leads), key=lambda lead: sum(bool(f.says(lead)) for f in FIELDS))


def preselected(leads: Sequence[Lead]) -> dict[str, UUID]:
    """The newest that says anything; of names, the fullest."""
    ordered = newest_first(leads)
    chosen = {}
    for field in FIELDS:
        filled = [lead for lead in ordered if field.says(lead)]
        if field.name == "name":
            filled.sort(key=lambda lead: -len(lead.name.split()))
        if filled:
            chosen[field.name] = filled[0].id
    return chosen


def of_columns(columns: Iterable[str]) -> set[str]:
    """The fields to which these columns of the table belong."""
    wanted = set(columns)
    return {field.name for field in FIELDS if wanted.intersection(field.columns)}
