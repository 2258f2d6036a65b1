"""What belongs to one lead becomes another's, table by table. What the other has already goes."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from crm.models import Notification
from leads.duplicates.groups import COLUMNS
from leads.models import (
    Attachment,
    Consent,
    ContactPoint,
    CustomValue,
    Deal,
    Duplicate,
    FollowUp,
    Interaction,
    Lead,
    LeadArea,
    LeadTag,
    OutgoingMessage,
    PutOff,
    Relationship,
    Score,
)

# Simply theirs, however many: nothing of it can be there twice.
WHOLE: tuple[Any, ...] = (Attachment, Deal, FollowUp, Interaction, OutgoingMessage)
# At most one for each value of this column.
ONCE: tuple[tuple[Any, str], ...] = (
    (LeadTag, "tag_id"),
    (LeadArea, "area_id"),
    (PutOff, "rule"),
    (CustomValue, "field_id"),
)


def move(*, gone: Lead, kept: Lead) -> dict[str, list[Any]]:
    """Answers which rows went along that keep no trail, for the way back."""
    for model in WHOLE:
        model.objects.filter(lead=gone).update(lead=kept)
    for model, column in ONCE:
        _once(model, column, gone, kept)
    for step in (_contact_points, _consents, _relationships, _referrals, _duplicates):
        step(gone, kept)
    return {
        "scores": _without_trail(Score.objects.filter(lead=gone.id), lead=kept.id),
        "notifications": _without_trail(Notification.objects.filter(about=gone.id), about=kept.id),
    }


def move_back(*, moved: dict[str, list[Any]], gone: Lead, kept: Lead) -> None:
    """What the trail can't do. A row that has gone to somebody else meanwhile stays there."""
    Score.objects.filter(id__in=moved.get("scores", ()), lead=kept.id).update(lead=gone.id)
    notices = Notification.objects.filter(id__in=moved.get("notifications", ()), about=kept.id)
    notices.update(about=gone.id)


def _without_trail(rows: Any, **to: Any) -> list[Any]:
    ids = list(rows.order_by("id").values_list("id", flat=True))
    if ids:
        rows.model.objects.filter(id__in=ids).update(**to)
    return [id if isinstance(id, int) else str(id) for id in ids]


def _once(model: Any, column: str, gone: Lead, kept: Lead) -> None:
    held = model.objects.filter(lead=kept).values(column)
    theirs = model.objects.filter(lead=gone)
    theirs.filter(**{f"{column}__in": held}).delete()
    theirs.update(lead=kept)


def _contact_points(gone: Lead, kept: Lead) -> None:
    held = list(ContactPoint.objects.filter(lead=kept))
    primary = {point.kind for point in held if point.is_primary}
    same = {key: point for point in held if (key := _sameness(point))}
    for point in ContactPoint.objects.filter(lead=gone).order_by("id"):
        twin = same.get(_sameness(point) or ())
        if twin is not None:
            _take_over(twin, point)
            # A letter on its way to the one that goes is sent to its twin.
            OutgoingMessage.objects.filter(point=point).update(point=twin)
            ContactPoint.objects.filter(id=point.id).delete()
            continue
        first = point.is_primary and point.kind not in primary
        ContactPoint.objects.filter(id=point.id).update(lead=kept, is_primary=first)


def _sameness(point: ContactPoint) -> tuple[Any, ...] | None:
    value = getattr(point, COLUMNS[point.kind])
    network = point.network if point.kind == ContactPoint.Kind.MESSENGER else ""
    return (point.kind, network, value) if value is not None else None


def _take_over(twin: ContactPoint, point: ContactPoint) -> None:
    """The same address twice: what only one of them says stays said."""
    wanted = {
        "label": twin.label or point.label,
        "network": twin.network or point.network,
        "bounced_at": max(filter(None, (twin.bounced_at, point.bounced_at)), default=None),
    }
    differing = {name: value for name, value in wanted.items() if getattr(twin, name) != value}
    if differing:
        ContactPoint.objects.filter(id=twin.id).update(**differing)
        for name, value in differing.items():
            setattr(twin, name, value)


def _consents(gone: Lead, kept: Lead) -> None:
    """The strictest wins; of two that say the same, the one that stands."""
    held = {consent.channel: consent for consent in Consent.objects.filter(lead=kept)}
    refused = Consent.State.REFUSED
    for consent in Consent.objects.filter(lead=gone):
        own = held.get(consent.channel)
        if own is not None and consent.state == refused and own.state != refused:
            Consent.objects.filter(id=own.id).delete()
            own = None
        if own is None:
            Consent.objects.filter(id=consent.id).update(lead=kept)
        else:
            Consent.objects.filter(id=consent.id).delete()


def _relationships(gone: Lead, kept: Lead) -> None:
    told = {
        (row.lead_id, row.other_id, row.kind)
        for row in Relationship.objects.filter(Q(lead=kept) | Q(other=kept))
    }
    for row in Relationship.objects.filter(Q(lead=gone) | Q(other=gone)).order_by("id"):
        lead = kept.id if row.lead_id == gone.id else row.lead_id
        other = kept.id if row.other_id == gone.id else row.other_id
        # To oneself one is nothing.
        if lead == other or (lead, other, row.kind) in told:
            Relationship.objects.filter(id=row.id).delete()
        else:
            Relationship.objects.filter(id=row.id).update(lead=lead, other=other)
            told.add((lead, other, row.kind))


def _referrals(gone: Lead, kept: Lead) -> None:
    Lead.objects.filter(id=kept.id, referred_by=gone).update(referred_by=None)
    Lead.objects.filter(referred_by=gone).update(referred_by=kept)


def _duplicates(gone: Lead, kept: Lead) -> None:
    """What was decided about the one holds for the other, and what is open stays open."""
    for pair in Duplicate.objects.filter(Q(one=gone) | Q(other=gone)).order_by("id"):
        third = pair.other_id if pair.one_id == gone.id else pair.one_id
        rows = Duplicate.objects.filter(id=pair.id)
        if third == kept.id:
            rows.update(state=Duplicate.State.MERGED, decided_at=timezone.now())
        elif pair.state != Duplicate.State.MERGED:
            _hand_on(pair, *sorted((kept.id, third)))


def _hand_on(pair: Duplicate, one: Any, other: Any) -> None:
    rows = Duplicate.objects.filter(id=pair.id)
    there = Duplicate.objects.filter(one=one, other=other).first()
    if there is None:
        rows.update(one=one, other=other)
        return
    if there.state == Duplicate.State.OPEN and pair.state != Duplicate.State.OPEN:
        Duplicate.objects.filter(id=there.id).update(state=pair.state, decided_at=pair.decided_at)
    rows.delete()
