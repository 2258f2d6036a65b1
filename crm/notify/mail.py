from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from urllib.parse import urljoin

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from crm.models import Notification, NotificationDelivery, NotificationRules, Owner
from crm.notify import rules
from crm.notify.channels import CannotSend

MailSays = NotificationRules.MailSays
SOMETHING = "Something new in Porchlight"


_connection: ContextVar[BaseEmailBackend | None] = ContextVar("connection", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """Within it letters share a line to the mail server, opened by the first."""
    shared = get_connection()
    token = _connection.set(shared)
    try:
        yield
    finally:
        _connection.reset(token)
        _hang_up(shared)


def _hang_up(shared: BaseEmailBackend) -> None:
    with suppress(smtplib.SMTPException, OSError):
        shared.close()


def _hand_over(letter: EmailMultiAlternatives) -> None:
    shared = _connection.get()
    letter.connection = shared
    if shared is None:
        letter.send()
        return
    try:
        shared.open()
        letter.send()
    except Exception:
        # After a refusal a server may be in any state; the next letter opens a new line.
        _hang_up(shared)
        raise


def send(delivery: NotificationDelivery) -> None:
    owner = Owner.objects.first()
    if owner is None:
        raise CannotSend("There is no owner yet.")
    letter = compose(delivery, to=owner.email)
    try:
        _hand_over(letter)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        permanent = all(500 <= code < 600 for code in codes)
        raise CannotSend("The mail server refuses your address.", permanent=permanent) from None
    except smtplib.SMTPAuthenticationError:
        raise CannotSend("The mail server refuses the sign-in of EMAIL_URL.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise CannotSend(f"The mail server did not take it ({type(error).__name__}).") from None


def compose(delivery: NotificationDelivery, *, to: str) -> EmailMultiAlternatives:
    told, says = delivery.notification, rules.rules().mail_says
    context = {
        "title": SOMETHING if says == MailSays.NOTHING else told.words[0],
        "body": "" if says == MailSays.NOTHING else told.words[1],
        "url": address(told),
    }
    letter = EmailMultiAlternatives(
        subject=_one_line(told.words[0]) if says == MailSays.SUBJECT else SOMETHING,
        body=render_to_string("crm/notify/mail.txt", context),
        to=[to],
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )
    html = render_to_string("crm/notify/mail.html", context)
    letter.attach_alternative(_inliner().inline(html), "text/html")
    return letter


def address(told: Notification) -> str:
    """Only with a public address is there a link that opens from a mailbox."""
    return urljoin(settings.PUBLIC_URL, told.url) if settings.PUBLIC_URL and told.url else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
