"""The parts of a lead's page that are edited where they stand, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leads.models import Lead
from leads.people import custom_fields
from leads.people.forms.parts import AboutForm, CustomForm, DetailsForm, PartForm, WantsForm


def nothing_more(_lead: Lead) -> dict[str, Any]:
    return {}


def custom(lead: Lead) -> dict[str, Any]:
    return {"held": custom_fields.held(lead)}


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    form: type[PartForm]
    panel: str
    context: Callable[[Lead], dict[str, Any]] = nothing_more


PARTS = {
    part.name: part
    for part in (
        Part("details", "About them", DetailsForm, "leads/people/_details.html"),
        Part("wants", "Looks for", WantsForm, "leads/people/_wants.html"),
        Part("about", "Private notes", AboutForm, "leads/people/_about.html"),
        Part("custom", "Your own fields", CustomForm, "leads/people/_custom.html", custom),
    )
}
