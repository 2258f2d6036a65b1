from __future__ import annotations

import datetime as dt
import socket
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Event, Owner
from crm.vault.ids import uuid7
from leads.messages import sending, services
from leads.messages.permission import may_send
from leads.models import ContactPoint, Interaction, Lead, OutgoingMessage
from leads.people.services import set_consent
from tests.crm.notify.conftest import Mailbox, text_of
from tests.leads.factories import a_lead, an_email

pytestmark = pytest.mark.django_db
State = OutgoingMessage.State
# Ten in the morning in Manila.
MORNING = dt.datetime(2026, 6, 16, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _in_the_morning(owner: Owner):
    with time_machine.travel(MORNING, tick=True):
        yield


def someone(**values) -> Lead:
    lead = a_lead(**values)
    an_email(lead, is_primary=True)
    return lead


def queued(lead: Lead | None = None, **values) -> OutgoingMessage:
    given = {"subject": "Three homes", "body": "Here they are.", **values}
    return services.send(lead=lead or someone(), **given)


def test_letter_leaves_and_stands_in_the_timeline(mailbox: Mailbox, owner: Owner) -> None:
    lead = someone()
    message = queued(lead)

    assert sending.send_due() == 1

    letter = mailbox.letters[0]
    assert (letter["Subject"], letter["X-To"]) == ("Three homes", "dana@example.com")
    assert letter["Message-ID"] == message.message_id
    assert letter["Reply-To"] == owner.email
    assert letter["From"].startswith("Carla Mendoza <")
    assert text_of(letter) == "Here they are."
    message.refresh_from_db()
    entry = Interaction.objects.get()
    assert (message.state, message.interaction) == (State.SENT, entry)
    assert (entry.subject, entry.body, entry.origin) == ("Three homes", "Here they are.", "sent")
    assert Event.objects.filter(kind="interaction.logged", subject=lead.id).count() == 1
    assert sending.send_due() == 0
    assert len(mailbox.letters) == 1


def test_same_form_twice_is_one_letter(mailbox: Mailbox) -> None:
    lead, token = someone(), uuid7()

    assert queued(lead, id=token) == queued(lead, id=token)

    sending.send_due()
    assert len(mailbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_letter_once(mailbox: Mailbox) -> None:
    lead = someone()
    for number in range(12):
        queued(lead, subject=f"Letter {number}")

    def work() -> None:
        try:
            sending.send_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    subjects = sorted(letter["Subject"] for letter in mailbox.letters)
    assert subjects == sorted(f"Letter {number}" for number in range(12))
    assert Interaction.objects.count() == 12


def test_letter_whose_sender_ended_is_uncertain_and_not_sent_again(mailbox: Mailbox) -> None:
    message = queued()
    assert sending.claim() == message

    with time_machine.travel(MORNING + dt.timedelta(minutes=6)):
        assert sending.send_due() == 0

    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.UNCERTAIN, sending.CUT_OFF)
    assert mailbox.letters == []
    assert Interaction.objects.count() == 0


def test_line_that_breaks_in_the_middle_leaves_doubt(settings, mailbox: Mailbox) -> None:
    message = queued()
    with broken_off(settings):
        sending.send_due()

    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.UNCERTAIN, sending.BROKEN_OFF)


class broken_off:
    """A server that hangs up as soon as it has the letter."""

    def __init__(self, settings) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        settings.EMAIL_PORT = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_) -> None:
        self.thread.join(timeout=5)
        self.listening.close()

    def serve(self) -> None:
        line, _ = self.listening.accept()
        with line, line.makefile("rwb") as file:
            file.write(b"220 hello\r\n")
            file.flush()
            for said in file:
                if said.strip().upper() == b"DATA":
                    file.write(b"354 go on\r\n")
                    file.flush()
                    while file.readline().strip() != b".":
                        pass
                    return
                file.write(b"250 ok\r\n")
                file.flush()


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 no such box", State.FAILED), ("451 come back later", State.WAITING)],
)
def test_refusal_is_final_or_tried_again(mailbox: Mailbox, answer: str, state: str) -> None:
    message = queued()
    mailbox.answers = [answer]

    sending.send_due()

    message.refresh_from_db()
    assert message.state == state
    assert message.last_error != ""
    assert Interaction.objects.count() == 0
    if state == State.WAITING:
        with time_machine.travel(MORNING + dt.timedelta(minutes=3)):
            sending.send_due()
        assert len(mailbox.letters) == 1


def test_server_that_is_away_is_tried_a_few_times(settings, mailbox: Mailbox) -> None:
    message = queued()
    settings.EMAIL_PORT = 1
    for attempt in range(sending.MOST_ATTEMPTS):
        with time_machine.travel(MORNING + dt.timedelta(minutes=2 ** (attempt + 1))):
            sending.send_due()

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.FAILED, sending.MOST_ATTEMPTS)
    assert "can't be reached" in message.last_error


def test_refused_consent_after_the_click_holds_the_letter_back(mailbox: Mailbox) -> None:
    lead = someone()
    message = queued(lead)
    set_consent(lead=lead, channel="email", state="refused")

    sending.send_due()

    message.refresh_from_db()
    assert (message.state, mailbox.letters) == (State.FAILED, [])
    assert "refused e-mail" in message.last_error


def test_letter_written_at_night_leaves_in_their_morning(mailbox: Mailbox) -> None:
    lead = someone(zone="America/Chicago")  # 21:00 there
    message = queued(lead)

    assert sending.send_due() == 0
    later = dt.datetime(2026, 6, 16, 8, tzinfo=ZoneInfo("America/Chicago"))
    assert message.due_at == later
    with time_machine.travel(later):
        sending.send_due()
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("clock", "allowed"), [("07:59", False), ("08:00", True), ("20:59", True), ("21:00", False)]
)
def test_hours_are_those_of_the_recipient(clock: str, allowed: bool) -> None:
    lead = someone(zone="Europe/Berlin")
    hour, minute = map(int, clock.split(":"))
    now = dt.datetime(2026, 6, 16, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))

    assert may_send(lead, "email", now).allowed == allowed


def test_unknown_zone_is_the_owners() -> None:
    verdict = may_send(someone(zone="Mars/Olympus"), "email", MORNING)

    assert verdict.allowed


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"do_not_contact": True}, "asked not to be contacted"),
        ({"state": "archived"}, "is archived"),
    ],
)
def test_who_may_not_be_written_to(values, why: str, mailbox: Mailbox) -> None:
    lead = someone(**values)

    with pytest.raises(services.MayNot, match=why):
        queued(lead)
    assert OutgoingMessage.objects.count() == 0


def test_who_was_not_asked_may_be_written_to_and_who_refused_may_not() -> None:
    lead = someone()
    assert may_send(lead, "email", MORNING).allowed
    set_consent(lead=lead, channel="text", state="refused")
    assert may_send(lead, "email", MORNING).allowed
    set_consent(lead=lead, channel="email", state="refused")
    assert not may_send(lead, "email", MORNING).allowed
    set_consent(lead=lead, channel="email", state="given")
    assert may_send(lead, "email", MORNING).allowed


def test_address_that_bounced_is_none() -> None:
    lead = someone()
    ContactPoint.objects.update(bounced_at=timezone.now())

    assert (
        may_send(lead, "email", MORNING).why == "There is no address of Dana Whitfield that works."
    )


def test_without_a_server_nothing_is_promised() -> None:
    with pytest.raises(services.MayNot, match="no mail server"):
        queued()


@pytest.mark.parametrize(
    ("values", "why"), [({"subject": " "}, "needs a subject"), ({"body": "\n"}, "is empty")]
)
def test_empty_letter_is_refused(mailbox: Mailbox, values, why: str) -> None:
    with pytest.raises(services.MayNot, match=why):
        queued(**values)


def test_subject_of_many_lines_is_one(mailbox: Mailbox) -> None:
    queued(subject="Hi\r\nBcc: all@example.com")

    sending.send_due()

    letter = mailbox.letters[0]
    assert (letter["Subject"], letter["Bcc"]) == ("Hi Bcc: all@example.com", None)


def decided(client: Client, name: str, message: OutgoingMessage) -> OutgoingMessage:
    client.post(reverse(f"messages:{name}", args=[message.id]))
    message.refresh_from_db()
    return message


def test_agent_decides_what_nobody_knows(signed_in: Client, mailbox: Mailbox) -> None:
    first, second = queued(), queued(someone(name="Ramon"))
    OutgoingMessage.objects.update(state=State.UNCERTAIN)

    assert decided(signed_in, "arrived", first).state == State.SENT
    assert Interaction.objects.get().lead == first.lead
    assert decided(signed_in, "again", second).state == State.WAITING
    sending.send_due()
    assert [letter["Message-ID"] for letter in mailbox.letters] == [second.message_id]


def test_waiting_letter_can_be_cancelled_and_a_sent_one_not(
    signed_in: Client, mailbox: Mailbox
) -> None:
    first, second = queued(), queued(someone(name="Ramon"))

    assert decided(signed_in, "cancel", first).state == State.CANCELLED
    sending.send_due()
    assert decided(signed_in, "cancel", second).state == State.SENT
    assert len(mailbox.letters) == 1


def test_unsettled_letters_stand_with_the_lead(signed_in: Client, mailbox: Mailbox) -> None:
    message = queued()
    page = reverse("people:lead", args=[message.lead_id])
    assert "Three homes" in signed_in.get(page).content.decode()
    OutgoingMessage.objects.update(state=State.UNCERTAIN, last_error=sending.CUT_OFF)

    html = signed_in.get(page).content.decode()

    assert "It may have arrived." in html
    assert reverse("messages:arrived", args=[message.id]) in html
