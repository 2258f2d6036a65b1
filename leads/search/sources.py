"""What the palette and the page of results show: each source asks little of a short text."""

from __future__ import annotations

from django.utils import timezone

from crm.shell import moments
from crm.shell.links import link
from crm.shell.palette import Hit
from leads.models import Interaction, Lead
from leads.people.queries import Reach, reach_of
from leads.search import homes, notes, people
from leads.search.asking import Asked

PARTED = " · "


def search_people(text: str, limit: int) -> list[Hit]:
    found = people.find(Asked.of(text), limit)
    reach = reach_of([person.lead for person in found], consents=False)
    return [_person(person, reach[person.lead.id]) for person in found]


def _person(person: people.Person, reach: Reach) -> Hit:
    lead = person.lead
    ways = [way.text for way in (reach.phone, reach.email) if way is not None]
    archived = lead.state == Lead.State.ARCHIVED
    return Hit(
        lead.name,
        address(lead),
        detail=PARTED.join(filter(None, [person.why, *ways])),
        end="Archived" if archived else str(lead.stage),
        person=lead.name,
    )


def search_homes(text: str, limit: int) -> list[Hit]:
    return [
        Hit(
            home.title,
            link("search:home", home.id),
            "house",
            detail=homes.place(home),
            end=home.get_status_display(),
        )
        for home in homes.find(Asked.of(text), limit)
    ]


def search_notes(text: str, limit: int) -> list[Hit]:
    return [_note(note) for note in notes.find(Asked.of(text), limit)]


def _note(note: notes.Note) -> Hit:
    said = note.said
    when = moments.near(timezone.localdate(said.at), timezone.localdate())
    kind = Interaction.Kind(said.kind).label
    archived = said.lead.state == Lead.State.ARCHIVED
    return Hit(
        said.lead.name,
        address(said.lead),
        "notebook-pen",
        detail=f"{kind}, {moments.within(when)}: {note.excerpt}",
        end="Archived" if archived else "",
    )


def address(lead: Lead) -> str:
    return link("people:lead", lead.id)
