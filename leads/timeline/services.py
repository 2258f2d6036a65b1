"""What was said and done, written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from crm.audit import context
from crm.audit.services import operation
from crm.events.services import record
from leads.followups import services as followups
from leads.models import Attachment, ContactPoint, FollowUp, Interaction, Lead
from leads.timeline import attachments
from properties.models import Listing
from properties.picking.queries import named

if TYPE_CHECKING:
    from leads.followups.proposals import Proposal

SILENT = (Interaction.Kind.NOTE, Interaction.Kind.VISIT)
# What the owner may set right later; whose it is and how it came stay as they are.
CHANGEABLE = (
    "direction", "at", "outcome", "minutes", "subject", "body", "sentiment", "feedback", "listing",
)  # fmt: skip


class Entry(TypedDict):
    """What `log` takes."""

    lead: Lead
    kind: str
    direction: NotRequired[str]
    at: NotRequired[dt.datetime | None]
    outcome: NotRequired[str]
    minutes: NotRequired[int | None]
    subject: NotRequired[str]
    body: NotRequired[str]
    sentiment: NotRequired[str]
    listing: NotRequired[Listing | None]
    feedback: NotRequired[str]
    automatic: NotRequired[bool]
    origin: NotRequired[str]
    # What this did: it is finished in the same transaction.
    follow_up: NotRequired[FollowUp | None]
    # What comes next: it is planned in the same transaction.
    next: NotRequired[Proposal | None]
    files: NotRequired[Sequence[UploadedFile[Any]]]
    # A form's token: sent twice, it is one entry.
    id: NotRequired[UUID | None]


@dataclass(frozen=True)
class Logged:
    """An entry with what came of it; `again` where the same form had come before."""

    interaction: Interaction
    next: FollowUp | None
    operation: UUID | None
    again: bool = False


def log(**entry: Unpack[Entry]) -> Interaction:
    return enter(**entry).interaction


@transaction.atomic
def enter(**entry: Unpack[Entry]) -> Logged:
    if (before := _entered_before(entry)) is not None:
        return Logged(before, None, None, again=True)
    lead = entry["lead"]
    with operation(f"Log a {_noun(entry['kind'])}") as done:
        interaction = _made(entry)
        attachments.keep(interaction=interaction, files=entry.get("files", ()))
        again = _finish(entry.get("follow_up"), interaction)
        proposal = entry.get("next")
        planned = _planned(proposal, interaction) if proposal else again
        if interaction.outcome == Interaction.Outcome.WRONG_NUMBER:
            mark_wrong(lead=lead, kind=interaction.kind, at=interaction.at)
        record("interaction.logged", subject=lead.id, data=_facts(interaction), operation=done)
    return Logged(interaction, planned, done)


def _entered_before(entry: Entry) -> Interaction | None:
    token = entry.get("id")
    if token is None:
        return None
    # The second of two that come at once waits here, and then sees the first.
    Lead.objects.select_for_update(of=("self",), no_key=True).only("id").get(id=entry["lead"].id)
    found = Interaction.objects.filter(id=token).first()
    if found is not None and found.lead_id != entry["lead"].id:
        entry["id"] = None
        return None
    return found


def _made(entry: Entry) -> Interaction:
    kind = entry["kind"]
    values: dict[str, Any] = {"id": entry["id"]} if entry.get("id") else {}
    return Interaction.objects.create(
        **values,
        lead=entry["lead"],
        kind=kind,
        direction="" if kind in SILENT else entry.get("direction") or Interaction.Direction.OUT,
        at=entry.get("at") or timezone.now(),
        outcome=entry.get("outcome", ""),
        minutes=entry.get("minutes"),
        subject=entry.get("subject", ""),
        body=entry.get("body", ""),
        sentiment=entry.get("sentiment", ""),
        listing=entry.get("listing"),
        feedback=entry.get("feedback", ""),
        automatic=entry.get("automatic", False),
        origin=entry.get("origin", Interaction.Origin.LOGGED),
    )


def _finish(follow_up: FollowUp | None, interaction: Interaction) -> FollowUp | None:
    """Only where it is still open: it may have been done in another window. Answers what comes
    of it again, where it repeats."""
    if follow_up is None:
        return None
    return followups.finish(
        follow_up=follow_up,
        outcome=interaction.outcome,
        interaction=interaction,
        actual_minutes=interaction.minutes,
    )


def _planned(proposal: Proposal, interaction: Interaction) -> FollowUp:
    return followups.plan(
        lead=interaction.lead,
        kind=proposal.kind,
        title=proposal.title,
        due=proposal.due,
        due_on=proposal.due_on,
        listing=interaction.listing,
        origin=f"after:{interaction.outcome or interaction.kind}",
    )


def mark_wrong(*, lead: Lead, kind: str, at: dt.datetime) -> ContactPoint | None:
    """The number or address that this went to reaches somebody else."""
    wanted = "email" if kind == Interaction.Kind.EMAIL else "phone"
    points = ContactPoint.objects.filter(lead=lead, kind=wanted, bounced_at=None)
    point = points.order_by("-is_primary", "id").first()
    if point is not None:
        point.bounced_at = at
        point.save(update_fields=["bounced_at"])
    return point


@transaction.atomic
def amend(
    *, logged: Interaction, operation: UUID, follow_up: FollowUp | None, to: Proposal
) -> FollowUp:
    """Another time for what comes next, as a part of the logging: one undo takes back both."""
    with context.within(operation):
        if follow_up is None:
            return _planned(to, logged)
        followups.move(follow_up=follow_up, due=to.due, due_on=to.due_on)
        follow_up.refresh_from_db()
        return follow_up


@transaction.atomic
def change(
    *, interaction: Interaction, values: dict[str, Any], files: Sequence[UploadedFile[Any]] = ()
) -> UUID | None:
    """Set an entry right; None when nothing is different."""
    different = [
        name for name in CHANGEABLE if name in values and getattr(interaction, name) != values[name]
    ]
    if not different and not files:
        return None
    with operation("Edit an entry") as done:
        for name in different:
            setattr(interaction, name, values[name])
        if different:
            interaction.save(update_fields=different)
        attachments.keep(interaction=interaction, files=files)
        data: dict[str, object] = {"interaction": str(interaction.id), "fields": different}
        record("interaction.changed", subject=interaction.lead_id, data=data, operation=done)
    return done


@transaction.atomic
def remove(*, interaction: Interaction) -> UUID:
    """Its files stay on disk for a while, so that an undo finds them."""
    with operation("Delete an entry") as done:
        data = _facts(interaction)
        interaction.delete()
        record("interaction.removed", subject=interaction.lead_id, data=data, operation=done)
    return done


@transaction.atomic
def drop_file(*, attachment: Attachment) -> UUID:
    with operation("Remove a file") as done:
        data: dict[str, object] = {
            "interaction": str(attachment.interaction_id),
            "fields": ["files"],
        }
        attachment.delete()
        record("interaction.changed", subject=attachment.lead_id, data=data, operation=done)
    return done


def home_named(title: str, *, known: Listing | None = None) -> tuple[Listing | None, bool]:
    """The listing of that name; a name that is not there yet is added. True when it was.

    Where several have one name, the one that was `known` to be meant stays so.
    """
    title = " ".join(title.split())
    if not title:
        return None, False
    if known is not None and known.title.casefold() == title.casefold():
        return known, False
    found = named(title)
    return (found[0], False) if found else (Listing.objects.create(title=title), True)


def _noun(kind: str) -> str:
    return {"email": "letter", "messenger": "message", "visit": "web visit"}.get(kind, kind)


def _facts(interaction: Interaction) -> dict[str, object]:
    return {
        "interaction": str(interaction.id),
        "kind": interaction.kind,
        "direction": interaction.direction,
        "outcome": interaction.outcome,
        "automatic": interaction.automatic,
        "listing": str(interaction.listing_id) if interaction.listing_id else None,
    }
