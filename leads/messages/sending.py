"""The tick by which letters leave, each at most once.

A claim is committed before the server is spoken to. Whatever fails before the letter is handed over
is tried again; whatever ends in the middle of handing over is uncertain, and left to the agent.
"""

from __future__ import annotations

import smtplib
import time
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from crm.events.failpoints import failpoint
from crm.models import Owner
from crm.vault.errors import VaultError
from leads.messages import services
from leads.messages.permission import may_send
from leads.models import OutgoingMessage

State = OutgoingMessage.State
LEASE = timedelta(minutes=5)
LONGEST_RUN = 20.0
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
REFUSALS = (
    smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPNotSupportedError,
)  # fmt: skip

CUT_OFF = "Porchlight was interrupted while it was being sent. It may have arrived."
BROKEN_OFF = "The mail server broke off while it was being sent. It may have arrived."


class Refused(Exception):
    """The server will not take it: nothing was sent, and trying again would not help."""


class Unreachable(Exception):
    """Nothing was handed over yet, so it may be tried again."""


class InDoubt(Exception):
    """The letter was being handed over when the line broke."""


def send_due(*, seconds: float = LONGEST_RUN) -> int:
    give_up_cut_off()
    handled = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and (message := claim()) is not None:
        failpoint("messages.after_claim")
        _handle(message)
        handled += 1
    return handled


@transaction.atomic
def give_up_cut_off() -> int:
    """Their sender is gone. Nobody knows whether they left, so they are not sent again."""
    cut = OutgoingMessage.objects.cut_off(now=timezone.now()).select_for_update(skip_locked=True)
    messages = list(cut[:100])
    for message in messages:
        services.settle(message, State.UNCERTAIN, error=CUT_OFF)
    return len(messages)


@transaction.atomic
def claim() -> OutgoingMessage | None:
    """The next that may leave now. What may not is put off or settled on the way."""
    now = timezone.now()
    while (message := _next_due(now)) is not None:
        verdict = may_send(message.lead, "email", now)
        if verdict.allowed:
            message.state, message.claim, message.due_at = State.CLAIMED, uuid4(), now + LEASE
            message.attempts += 1
            message.save(update_fields=["state", "claim", "due_at", "attempts"])
            return message
        if verdict.later is not None:
            message.due_at = verdict.later
            message.save(update_fields=["due_at"])
        else:
            services.settle(message, State.FAILED, error=f"Not sent. {verdict.why}")
    return None


def _next_due(now: datetime) -> OutgoingMessage | None:
    due = OutgoingMessage.objects.due(now=now).order_by("due_at", "id")
    held = due.select_related("lead", "point").select_for_update(skip_locked=True, of=("self",))
    found: OutgoingMessage | None = held.first()
    return found


def _handle(message: OutgoingMessage) -> None:
    try:
        letter = _letter(message)
        _hand_over(letter)
    except Refused as refusal:
        _ended(message, State.FAILED, str(refusal))
    except Unreachable as trouble:
        _later(message, str(trouble))
    except InDoubt:
        _ended(message, State.UNCERTAIN, BROKEN_OFF)
    else:
        failpoint("messages.after_effect")
        _sent(message)


def _letter(message: OutgoingMessage) -> EmailMessage:
    try:
        address = message.point.email if message.point else ""
        subject, body = message.subject, message.body
    except VaultError:
        raise Refused("Not sent. They were erased.") from None
    if not address:
        raise Refused("Not sent. The address was removed.")
    owner = Owner.objects.first()
    letter = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        from_email=formataddr((owner.name if owner else "", _our_address())),
        to=[address],
        reply_to=[owner.email] if owner else [],
        headers={"Message-ID": message.message_id},
    )
    try:
        letter.message()
    except ValueError:
        raise Refused("Not sent. There is a sign in the address that no letter takes.") from None
    return letter


def _our_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _hand_over(letter: EmailMessage) -> None:
    line = get_connection()
    try:
        line.open()
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"The mail server can't be reached ({type(error).__name__}).") from None
    try:
        line.send_messages([letter])
    except REFUSALS as error:
        raise Refused(f"Not sent. The mail server refuses it ({type(error).__name__}).") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from None
    except (smtplib.SMTPException, OSError):
        raise InDoubt from None
    finally:
        _hang_up(line)


def _refusal(code: int) -> Exception:
    """An answer with a number is an answer: the letter was not taken."""
    if 500 <= code < 600:
        return Refused(f"Not sent. The mail server refuses it ({code}).")
    return Unreachable(f"The mail server can't take it now ({code}).")


def _hang_up(line: object) -> None:
    try:
        line.close()  # type: ignore[attr-defined]
    except (smtplib.SMTPException, OSError):
        return


def _mine(message: OutgoingMessage) -> OutgoingMessage | None:
    rows = OutgoingMessage.objects.select_for_update(of=("self",))
    return rows.filter(id=message.id, claim=message.claim).first()


@transaction.atomic
def _sent(message: OutgoingMessage) -> None:
    if (mine := _mine(message)) is not None:
        services.settle_as_sent(mine)


@transaction.atomic
def _ended(message: OutgoingMessage, state: str, error: str) -> None:
    if (mine := _mine(message)) is not None:
        services.settle(mine, state, error=error)


@transaction.atomic
def _later(message: OutgoingMessage, error: str) -> None:
    mine = _mine(message)
    if mine is None:
        return
    if mine.attempts >= MOST_ATTEMPTS:
        services.settle(mine, State.FAILED, error=f"Not sent. {error}")
        return
    mine.state, mine.claim, mine.last_error = State.WAITING, None, error[:300]
    mine.due_at = timezone.now() + FIRST_PAUSE * 2 ** (mine.attempts - 1)
    mine.save(update_fields=["state", "claim", "last_error", "due_at"])
