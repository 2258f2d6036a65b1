from __future__ import annotations

import pytest

from crm.models import NotificationRules
from crm.notify.sending import send_due
from crm.notify.services import notify
from tests.crm.notify.conftest import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "never_quiet")]

TITLE, BODY = 'Call <Ramon> & "Ana"', "He asked twice.\nBudget: 8M"


def letter_of(mailbox, *, says: str):
    NotificationRules.objects.update(mail_says=says)
    notify("call", title=TITLE, body=BODY, url="/people/1/", key="call:1")
    send_due()
    (letter,) = mailbox.letters
    return letter


def test_a_letter_has_text_and_html_and_nothing_in_its_subject(mailbox, settings):
    settings.PUBLIC_URL = "https://crm.example.com"
    letter = letter_of(mailbox, says="inside")
    text = text_of(letter)
    html = text_of(letter, "html")
    assert letter["Subject"] == "Something new in Porchlight"
    assert letter["X-To"] == "carla@mendozahomes.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert text.startswith(f"{TITLE}\n\n{BODY}\n\nhttps://crm.example.com/people/1/\n")
    assert "Call &lt;Ramon&gt; &amp; " in html
    assert '<a class="go" href="https://crm.example.com/people/1/" style="' in html


def test_a_letter_says_nothing_when_told_so(mailbox):
    letter = letter_of(mailbox, says="nothing")
    everything = letter.as_string()
    assert [word in everything for word in ("Ramon", "Budget")] == [False, False]
    assert "Open Porchlight on your machine" in text_of(letter)


def test_a_subject_shows_the_title_only_when_told_so(mailbox):
    assert letter_of(mailbox, says="subject")["Subject"] == TITLE


def test_a_title_of_several_lines_makes_no_header(mailbox):
    NotificationRules.objects.update(mail_says="subject")
    notify("call", title="Call\r\nBcc: x@example.com", key="call:1")
    send_due()
    assert [letter["Subject"] for letter in mailbox.letters] == ["Call Bcc: x@example.com"]
    assert mailbox.letters[0]["Bcc"] is None


def test_a_refused_address_is_not_tried_again(mailbox):
    from crm.models import NotificationDelivery

    async def refuse(server, session, envelope, address, options) -> str:
        return "550 no such user"

    mailbox.handle_RCPT = refuse
    notify("call", title="Call Ramon", key="call:1")
    send_due()
    delivery = NotificationDelivery.objects.get(channel="email")
    assert (delivery.state, delivery.attempts) == ("failed", 1)
    assert delivery.last_error == "The mail server refuses your address."
