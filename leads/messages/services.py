"""Letters to leads: put on their way, taken back, and settled where nobody knows."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.audit.services import operation
from crm.events.services import record
from crm.owner.mail import is_set_up
from crm.runtime.ticks import poke
from leads.messages.permission import may_send
from leads.models import Interaction, Lead, OutgoingMessage

TICK = "messages.send"
SHOWN = 20
State = OutgoingMessage.State

NO_SERVER = (
    "Porchlight has no mail server to send by. Send it from your own mail program and log it here, "
    "or name a server in EMAIL_URL."
)
NO_SUBJECT = "A letter needs a subject."
NO_BODY = "The letter is empty. Write it first."


class MayNot(Exception):
    """Why it is not sent, in a sentence for the agent."""


@transaction.atomic
def send(
    *, lead: Lead, subject: str, body: str, channel: str = "email", id: UUID | None = None
) -> OutgoingMessage:
    """On its way: it leaves when the transaction is done, or in the recipient's morning."""
    now = timezone.now()
    verdict = may_send(lead, channel, now)
    problem = _problem(subject, body) or ("" if verdict.point else verdict.why)
    if problem:
        raise MayNot(problem)
    if id is not None and (before := _again(lead, id)) is not None:
        return before
    with operation("Send a letter") as done:
        message = OutgoingMessage.objects.create(
            **({"id": id} if id else {}),
            lead=lead, point=verdict.point, subject=subject, body=body,
            due_at=verdict.later or now,
        )  # fmt: skip
        data: dict[str, object] = {"message": str(message.id)}
        record("message.queued", subject=lead.id, data=data, operation=done)
    poke(TICK)
    return message


def _problem(subject: str, body: str) -> str:
    if not is_set_up():
        return NO_SERVER
    return NO_SUBJECT if not subject.strip() else NO_BODY if not body.strip() else ""


def _again(lead: Lead, id: UUID) -> OutgoingMessage | None:
    """The same form, sent twice, is one letter."""
    Lead.objects.select_for_update(of=("self",), no_key=True).only("id").get(id=lead.id)
    return OutgoingMessage.objects.filter(lead=lead, id=id).first()


def unsettled(lead: Lead) -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.unsettled().filter(lead=lead).order_by("id")[:SHOWN])


def _held(message: UUID, *states: str) -> OutgoingMessage | None:
    rows = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("lead")
    return rows.filter(id=message, state__in=states).first()


@transaction.atomic
def cancel(*, message: UUID) -> UUID | None:
    """Before it leaves, or when it did not. Answers the operation that an undo takes."""
    held = _held(message, State.WAITING, State.FAILED)
    if held is None:
        return None
    with operation("Cancel a letter") as done:
        # Why it did not leave stays, for whoever takes this back.
        settle(held, State.CANCELLED, error=held.last_error)
    return done


@transaction.atomic
def again(*, message: UUID) -> bool:
    """The agent decides that it did not arrive."""
    held = _held(message, State.FAILED, State.UNCERTAIN)
    if held is None:
        return False
    held.state, held.attempts, held.due_at = State.WAITING, 0, timezone.now()
    held.last_error, held.settled_at = "", None
    held.save(update_fields=["state", "attempts", "due_at", "last_error", "settled_at"])
    poke(TICK)
    return True


@transaction.atomic
def arrived(*, message: UUID) -> bool:
    """The agent knows that it did arrive."""
    held = _held(message, State.UNCERTAIN)
    if held is None:
        return False
    settle_as_sent(held)
    return True


def settle(message: OutgoingMessage, state: str, *, error: str = "") -> None:
    message.state, message.claim, message.settled_at = state, None, timezone.now()
    message.last_error = error[:300]
    message.save(update_fields=["state", "claim", "settled_at", "last_error"])


def settle_as_sent(message: OutgoingMessage) -> Interaction:
    """The letter stands in the timeline from the moment it left."""
    at = timezone.now()
    entry = Interaction.objects.create(
        lead_id=message.lead_id,
        kind=Interaction.Kind.EMAIL,
        direction=Interaction.Direction.OUT,
        at=at,
        subject=message.subject,
        body=message.body,
        origin=Interaction.Origin.SENT,
    )
    message.state, message.claim, message.settled_at = State.SENT, None, at
    message.interaction, message.last_error = entry, ""
    message.save(update_fields=["state", "claim", "settled_at", "interaction", "last_error"])
    data: dict[str, object] = {
        "interaction": str(entry.id), "kind": entry.kind, "direction": entry.direction,
        "outcome": "", "automatic": False, "listing": None,
    }  # fmt: skip
    record("interaction.logged", subject=message.lead_id, data=data)
    return entry
