from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from crm.models import Operation
from crm.vault.ids import uuid7
from leads.models import Attachment, FollowUp, Interaction, OutgoingMessage
from properties.models import Listing
from tests.leads.factories import a_lead, a_listing, a_note, a_talk, an_email

pytestmark = pytest.mark.django_db
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
MAIL = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.agent.example",
}


def composed(client: Client, lead, kind: str = "note", **values: Any):
    data = {"kind": kind, "token": uuid7(), **values}
    return client.post(reverse("timeline:compose", args=[lead.id]), data, **FRAGMENT)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("note", {"body", "home", "attached", "next_title", "next_due"}),
        ("call", {"direction", "outcome", "minutes", "at", "sentiment"}),
        ("email", {"subject", "direction", "outcome"}),
        ("meeting", {"minutes", "outcome"}),
        ("showing", {"home", "feedback", "outcome"}),
    ],
)
def test_each_tab_asks_for_its_own(signed_in: Client, kind: str, asked: set[str]) -> None:
    url = reverse("timeline:compose", args=[a_lead().id])

    html = signed_in.get(f"{url}?compose={kind}", **FRAGMENT).content.decode()

    assert {name for name in asked if f'name="{name}"' in html} == asked
    assert html.count('aria-current="page"') == 1


def test_note_is_saved_and_the_composer_begins_anew(signed_in: Client) -> None:
    lead = a_lead()

    answer = composed(signed_in, lead, body="Likes the roof deck.")

    note = Interaction.objects.get()
    assert (note.kind, note.direction, note.body) == ("note", "", "Likes the roof deck.")
    html = answer.content.decode()
    assert "data-saved" in html
    assert "Likes the roof deck." not in html
    told = json.loads(answer["HX-Trigger"])
    assert told["logged"] == {"lead": str(lead.id)}
    operation = Operation.objects.get(name="Add a note")
    assert told["toast"]["undo"] == reverse("undo", args=[operation.id])


def test_showing_with_a_new_home_feedback_file_and_follow_up_is_one_operation(
    signed_in: Client,
) -> None:
    lead = a_lead()
    day = timezone.now().date() + dt.timedelta(days=3)

    composed(
        signed_in, lead, "showing", home="Casa Amihan", outcome="held", feedback="loved",
        minutes="40", body="Sea view", next_title="Send the contract", next_due=f"{day}T09:30",
        attached=[SimpleUploadedFile("plan.pdf", b"%PDF-1.7")],
    )  # fmt: skip

    shown, home = Interaction.objects.get(), Listing.objects.get()
    assert (shown.listing, shown.feedback, shown.minutes) == (home, "loved", 40)
    assert Attachment.objects.get().name == "plan.pdf"
    planned = FollowUp.objects.get()
    assert (planned.title, planned.listing) == ("Send the contract", home)
    assert planned.due == dt.datetime.combine(day, dt.time(9, 30), ZoneInfo("Asia/Manila"))

    operation = Operation.objects.get(name="Add a showing")
    signed_in.post(reverse("undo", args=[operation.id]), {"here": "1"}, **FRAGMENT)
    left = [m.objects.count() for m in (Interaction, Attachment, FollowUp, Listing)]
    assert left == [0, 0, 0, 0]


def test_known_home_is_chosen_by_its_name(signed_in: Client) -> None:
    there = a_listing("12 Acacia Lane")

    composed(signed_in, a_lead(), body="About it", home="12 acacia lane")

    assert Interaction.objects.get().listing == there
    assert Listing.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("note", {}, "Nothing to save yet"),
        ("note", {"body": "x" * 20_001}, "longer than 20,000 signs"),
        ("call", {"body": "Hi", "at": "2026-02-30T10:00"}, "no such date"),
        ("call", {"body": "Hi", "at": "2999-01-01T10:00"}, "still to come"),
        ("call", {"body": "Hi", "at": "0001-01-01T00:00"}, ""),
        ("call", {"body": "Hi", "minutes": "-1"}, "greater than or equal to 0"),
        ("call", {"body": "Hi", "minutes": "1e9"}, "whole number"),
        ("call", {"body": "Hi", "outcome": "held"}, "valid choice"),
        ("note", {"body": "Hi", "next_title": "Call"}, "Say when it is due."),
        ("note", {"body": "Hi", "next_due": "2999-01-01T10:00"}, "too far off"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    signed_in: Client, kind: str, values: dict[str, str], words: str
) -> None:
    answer = composed(signed_in, a_lead(), kind, **values)

    assert answer.status_code == 200
    html = answer.content.decode()
    assert words in html
    assert Interaction.objects.count() == 0
    assert values.get("body", "")[:200] in html


def test_double_submit_is_one_entry(signed_in: Client) -> None:
    lead, token = a_lead(), uuid7()
    for _ in range(2):
        composed(signed_in, lead, body="Once", token=token, next_title="", next_due="")

    assert Interaction.objects.count() == 1


def test_double_submit_plans_and_keeps_files_once(signed_in: Client) -> None:
    lead, token = a_lead(), uuid7()
    due = f"{timezone.now().date() + dt.timedelta(days=2)}T09:00"
    for _ in range(2):
        composed(
            signed_in, lead, body="Once", token=token, next_title="Call", next_due=due,
            attached=[SimpleUploadedFile("a.txt", b"a")],
        )  # fmt: skip

    assert (FollowUp.objects.count(), Attachment.objects.count()) == (1, 1)


@override_settings(ATTACHMENT_MAX_MB=1)
def test_file_over_the_limit_is_refused_in_words(signed_in: Client) -> None:
    big = SimpleUploadedFile("big.pdf", b"x" * (1024 * 1024 + 1))

    html = composed(signed_in, a_lead(), body="Kept", attached=[big]).content.decode()

    assert "A file may have 1 MB. “big.pdf” is larger." in html
    assert "Kept" in html
    assert Attachment.objects.count() == 0


def test_without_script_it_goes_back_to_the_lead(signed_in: Client) -> None:
    lead = a_lead()
    url = reverse("timeline:compose", args=[lead.id])
    assert "Add to the timeline" in signed_in.get(url).content.decode()

    answer = signed_in.post(url, {"kind": "note", "body": "Plain"})

    assert (answer.status_code, answer["Location"]) == (
        302, reverse("people:lead", args=[lead.id]),
    )  # fmt: skip
    assert Interaction.objects.get().body == "Plain"


def test_without_a_mail_server_a_sentence_stands_for_the_button(signed_in: Client) -> None:
    lead = a_lead()
    an_email(lead)
    url = reverse("timeline:compose", args=[lead.id]) + "?compose=email"

    html = signed_in.get(url, **FRAGMENT).content.decode()

    assert 'name="send"' not in html
    assert "needs a mail server (the setting EMAIL_URL)" in html


@override_settings(**MAIL)
def test_letter_is_put_on_its_way(signed_in: Client) -> None:
    lead = a_lead(zone="")
    an_email(lead)
    url = reverse("timeline:compose", args=[lead.id]) + "?compose=email"
    assert 'name="send"' in signed_in.get(url, **FRAGMENT).content.decode()

    composed(signed_in, lead, "email", subject="Plans", body="Attached.", send="1")

    letter = OutgoingMessage.objects.get()
    assert (letter.subject, letter.body, letter.state) == ("Plans", "Attached.", "waiting")
    assert Interaction.objects.count() == 0


@override_settings(**MAIL)
def test_letter_that_may_not_go_is_refused_in_words(signed_in: Client) -> None:
    lead = a_lead("Dana Whitfield", do_not_contact=True)
    an_email(lead)

    html = composed(
        signed_in, lead, "email", subject="Plans", body="Attached.", send="1"
    ).content.decode()

    assert "Dana Whitfield asked not to be contacted." in html
    assert "Attached." in html
    assert OutgoingMessage.objects.count() == 0


def test_homes_are_suggested_by_what_is_typed(signed_in: Client) -> None:
    a_listing("12 Acacia Lane")
    a_listing("Casa Amihan")

    html = signed_in.get(reverse("timeline:homes"), {"home": "acac"}).content.decode()

    assert html.count("<option") == 1
    assert 'value="12 Acacia Lane"' in html


def entry_url(note: Interaction) -> str:
    return reverse("timeline:entry", args=[note.lead_id, note.id])


def edited(client: Client, note: Interaction, **values: Any):
    form = client.get(entry_url(note)).context["form"]
    initial = {name: form[name].value() for name in form.fields if name != "attached"}
    data = {name: value for name, value in initial.items() if value not in (None, "")}
    at = data.get("at")
    if isinstance(at, dt.datetime):
        # Outside of a request the form speaks UTC; the page that posts it, the owner's clock.
        local = at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo("Asia/Manila"))
        data["at"] = f"{local:%Y-%m-%dT%H:%M}"
    return client.post(entry_url(note), {**data, **values})


def test_entry_is_set_right(signed_in: Client) -> None:
    note = a_note(a_lead(), "Likes the deck")

    answer = edited(signed_in, note, body="Likes the garden")

    assert answer["Location"] == reverse("people:lead", args=[note.lead_id])
    assert Interaction.objects.get().body == "Likes the garden"
    assert "Saved." in signed_in.get(answer["Location"]).content.decode()


def test_moment_that_was_left_alone_keeps_its_seconds(signed_in: Client) -> None:
    at = dt.datetime(2026, 6, 16, 4, 5, 6, 789, tzinfo=dt.UTC)
    talk = a_talk(a_lead(), outcome="reached", body="Hi")
    Interaction.objects.update(at=at)

    edited(signed_in, talk, body="Hello")
    assert (Interaction.objects.get().at, Interaction.objects.get().body) == (at, "Hello")
    edited(signed_in, talk, at="2026-06-16T08:00")
    assert Interaction.objects.get().at == dt.datetime(2026, 6, 16, tzinfo=dt.UTC)


def test_second_window_sees_what_changed_and_loses_nothing(signed_in: Client) -> None:
    note = a_note(a_lead(), "Likes the deck")
    seen = signed_in.get(entry_url(note)).context["form"]["seen"].value()
    edited(signed_in, note, body="Likes the garden")

    late = {"kind": "note", "seen": seen, "body": "Likes the pool"}
    answer = signed_in.post(entry_url(note), late)

    html = answer.content.decode()
    assert "changed in another window" in html
    assert "Likes the garden" in html
    assert "Likes the pool" in html
    assert Interaction.objects.get().body == "Likes the garden"
    again = {**late, "seen": answer.context["form"]["seen"].value()}
    signed_in.post(entry_url(note), again)
    assert Interaction.objects.get().body == "Likes the pool"


def test_deleted_entry_can_be_undone_from_the_toast(signed_in: Client) -> None:
    note = a_note(a_lead(), "Likes the deck")

    answer = signed_in.post(reverse("timeline:remove", args=[note.lead_id, note.id]))

    assert Interaction.objects.count() == 0
    operation = Operation.objects.get(name="Delete an entry")
    undo = reverse("undo", args=[operation.id])
    assert undo in signed_in.get(answer["Location"]).content.decode()
    signed_in.post(undo)
    assert Interaction.objects.get().body == "Likes the deck"


def test_somebody_elses_entry_is_not_found(signed_in: Client) -> None:
    note, other = a_note(a_lead()), a_lead("Ramon")

    for name in ("entry", "remove"):
        url = reverse(f"timeline:{name}", args=[other.id, note.id])
        assert signed_in.post(url).status_code == 404
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_timeline_page_counts_its_queries(
    signed_in: Client, rows: int, django_assert_num_queries
) -> None:
    lead = a_lead()
    for number in range(rows):
        a_note(lead, f"Note {number}", listing=a_listing(f"Home {number}"))
    url = reverse("timeline:entries", args=[lead.id])
    signed_in.get(url)

    with django_assert_num_queries(6):  # the lead, two of the timeline, three of the frame
        html = signed_in.get(url).content.decode()

    assert html.count('class="said"') == min(rows, 30)


def test_earlier_leads_on_without_script(signed_in: Client) -> None:
    lead = a_lead(arrived_at=timezone.now() - dt.timedelta(days=400))
    for number in range(65):
        a_note(lead, f"Note {number:03}", at=timezone.now() - dt.timedelta(days=number))
    url, seen = reverse("timeline:entries", args=[lead.id]), []
    while url:
        html = signed_in.get(url).content.decode()
        seen += re.findall(r"Note (\d{3})", html)
        found = html.partition('<a class="btn small" href="')[2].partition('"')[0]
        url = found.replace("&amp;", "&")

    assert seen == [f"{number:03}" for number in range(65)]


def test_search_page_says_what_was_found(signed_in: Client) -> None:
    lead = a_lead()
    a_note(lead, "Likes the roof deck")
    a_note(lead, "Parking first")
    url = reverse("timeline:entries", args=[lead.id])

    html = signed_in.post(url, {"words": "deck"}).content.decode()
    assert "1 with “deck”" in html
    assert "Likes the roof deck" in html
    assert "Parking first" not in html
    assert "Nothing with “sauna”" in signed_in.post(url, {"words": "sauna"}).content.decode()
