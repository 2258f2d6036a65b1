from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from crm.models import NotificationRules
from crm.notify import kinds
from crm.notify.kinds import Kind
from tests.crm.notify.browser import PushService


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    return "\n".join(letter.get_body((kind,)).get_content().splitlines())


class Mailbox:
    """What a real SMTP server was given. `answers` are said instead of taking a letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        letter["X-To"] = ",".join(envelope.rcpt_tos)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def house_kinds(monkeypatch) -> None:
    """The kinds that these tests tell of, beside the house's own."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(Kind("call", "Calls to make", (kinds.Channel.PAGE, kinds.Channel.EMAIL)))
    kinds.register(
        Kind("lead", "New leads", (kinds.Channel.PAGE, kinds.Channel.EMAIL), urgent=True)
    )
    kinds.register(Kind("ring", "Rings at the door", (kinds.Channel.PUSH,)))
    kinds.register(Kind("fire", "Fire", (kinds.Channel.PUSH,), urgent=True))


@pytest.fixture
def push_service(settings) -> Iterator[PushService]:
    settings.OUTGOING_LOOPBACK = True
    made = PushService()
    made.open()
    yield made
    made.close()


@pytest.fixture
def never_quiet(db) -> NotificationRules:
    return NotificationRules.objects.create(quiet_from=None, quiet_until=None)
