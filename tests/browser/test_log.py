"""Two keys from a person to a logged call with what comes next; and what is typed is never lost."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from leads.models import FollowUp, Interaction, Lead
from leads.timeline import moments, services
from tests.browser.watching import axe_faults, become_phone
from tests.leads.factories import a_follow_up, a_lead, a_phone

BLNS = Path("/work/shared/data/naughty/blns.json")
SOME = [
    "<script>window.__ran=1</script>",
    "\"><img src=x onerror=window.__ran=1>",
    "'><svg/onload=window.__ran=1>",
    "javascript:window.__ran=1",
    "{{7*7}}{% load x %}${7*7}",
    "<iframe srcdoc='<script>parent.__ran=1</script>'>",
    "</textarea></template><script>window.__ran=1</script>",
    "\u202eevil\u2066", "Ω≈ç√∫", "田中さん", "👩‍👩‍👧‍👦", "\u0000\ufeff", "a" * 400,
]  # fmt: skip


def open_lead(page: Page, lead: Lead) -> None:
    page.goto(reverse("people:lead", args=[lead.id]), wait_until="networkidle")


def day_after(days: int) -> dt.date:
    return timezone.localdate(None, ZoneInfo("Asia/Manila")) + dt.timedelta(days=days)


def settles_elsewhere(page: Page) -> None:
    """As today's queue does when it is drawn anew."""
    page.evaluate(
        "document.querySelector('.sidebar').dispatchEvent("
        "new CustomEvent('htmx:afterSettle', {bubbles: true, detail: {}}))"
    )


def due_day() -> dt.date:
    return timezone.localdate(FollowUp.objects.get().due, ZoneInfo("Asia/Manila"))


def test_a_key_typed_ahead_waits_for_the_answer_whatever_else_settles(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    a_phone(lead)
    open_lead(desk_in, lead)
    desk_in.keyboard.press("l")
    expect(desk_in.locator("[data-log-dialog]")).to_be_visible()
    held: list[Route] = []
    desk_in.route("**/log/**", lambda route: held.append(route))
    desk_in.keyboard.press("1")
    desk_in.wait_for_timeout(100)

    settles_elsewhere(desk_in)
    desk_in.keyboard.press("t")
    held[0].continue_()

    expect(desk_in.locator("[data-logged]")).to_contain_text("Logged.")
    desk_in.unroute("**/log/**")
    expect(desk_in.locator("[data-logged]")).to_contain_text("tomorrow")
    assert due_day() == day_after(1)


def test_two_keys_log_a_call_with_its_follow_up_and_a_third_moves_it(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    a_phone(lead)
    open_lead(desk_in, lead)

    desk_in.keyboard.press("l")
    desk_in.keyboard.press("1")

    strip = desk_in.locator("[data-logged]")
    expect(strip).to_contain_text("Logged. Next for Jasmine Uy: call to see how it stands")
    assert Interaction.objects.get().outcome == "reached"
    assert due_day() == day_after(3)
    assert axe_faults(desk_in) == []
    desk_in.keyboard.press("t")
    expect(strip).to_contain_text("tomorrow")
    assert due_day() == day_after(1)
    expect(strip.locator("[aria-pressed=true]")).to_contain_text("Tomorrow")
    desk_in.keyboard.press("p")
    due = FollowUp.objects.open().get().due.astimezone(ZoneInfo("Asia/Manila"))
    expect(strip.locator("#log-pick")).to_have_value(f"{due:%Y-%m-%dT%H:%M}")
    desk_in.keyboard.press("Escape")
    expect(desk_in.locator("[data-log-dialog]")).to_have_count(0)
    expect(desk_in.locator("#timeline")).to_contain_text("Call, reached")


def test_the_pages_own_log_ends_what_is_due_and_undo_brings_it_back(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    due = a_follow_up(lead, timezone.now() - dt.timedelta(hours=1), title="Call about the loan")
    open_lead(desk_in, lead)

    desk_in.keyboard.press("l")
    ends = desk_in.get_by_role("checkbox", name="Ends: Call about the loan")
    expect(ends).to_be_checked()
    assert axe_faults(desk_in) == []
    desk_in.keyboard.press("e")
    expect(ends).not_to_be_checked()
    desk_in.keyboard.press("e")
    desk_in.keyboard.press("2")

    expect(desk_in.locator("[data-logged]")).to_contain_text("Ended: Call about the loan.")
    due.refresh_from_db()
    assert due.state == "done"
    desk_in.keyboard.press("z")
    expect(desk_in.locator(".toasts")).to_contain_text("Undone.")
    due.refresh_from_db()
    assert (due.state, Interaction.objects.count(), FollowUp.objects.count()) == ("open", 0, 1)


def test_keys_typed_ahead_of_the_server_are_not_lost(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    open_lead(desk_in, lead)

    for key in ("l", "2", "w"):
        desk_in.keyboard.press(key)

    next_week = moments.day_words(day_after(7), day_after(0))
    expect(desk_in.locator("[data-logged]")).to_contain_text(f"Uy: call again, {next_week}")
    assert Interaction.objects.get().outcome == "left_message"
    assert due_day() == day_after(7)


def test_undo_takes_it_all_back(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    open_lead(desk_in, lead)
    desk_in.keyboard.press("l")
    desk_in.keyboard.press("4")
    expect(desk_in.locator("[data-logged]")).to_be_visible()

    desk_in.keyboard.press("z")

    expect(desk_in.locator(".toasts")).to_contain_text("Undone.")
    expect(desk_in.locator("[data-log-dialog]")).to_have_count(0)
    assert (Interaction.objects.count(), FollowUp.objects.count()) == (0, 0)


def test_note_typed_first_is_saved_with_the_outcome(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    open_lead(desk_in, lead)
    desk_in.keyboard.press("l")
    log = desk_in.locator("[data-log-dialog]")
    expect(log).to_be_visible()
    assert axe_faults(desk_in) == []

    desk_in.keyboard.press("n")
    desk_in.keyboard.type("Prefers 1 to 3 pm")
    expect(log.get_by_label("Note")).to_have_value("Prefers 1 to 3 pm")
    log.get_by_text("No answer").click()
    expect(log.locator("[data-log-words]")).to_contain_text("Call again")
    log.get_by_role("button", name="Save").click()

    expect(desk_in.locator("[data-logged]")).to_be_visible()
    talk = Interaction.objects.get()
    assert (talk.outcome, talk.body) == ("no_answer", "Prefers 1 to 3 pm")


def test_log_stands_at_the_foot_of_a_phone(phone_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    open_lead(phone_in, lead)

    phone_in.get_by_role("link", name="Log").first.click()

    # It rises as it comes.
    phone_in.wait_for_timeout(400)
    box = phone_in.locator("[data-log-dialog]").bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["y"] + box["height"])) == (0, 844)


def test_coming_back_from_a_call_asks_how_it_went(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy")
    open_lead(desk_in, lead)
    begin = """lead => {
      document.body.dispatchEvent(new CustomEvent("begin",
        { detail: { address: "#", how: "call", lead, name: "" } }));
      dispatchEvent(new Event("blur"));
      dispatchEvent(new Event("focus"));
    }"""

    desk_in.evaluate(begin, str(lead.id))

    expect(desk_in.get_by_role("heading", name="Log call with Jasmine Uy")).to_be_visible()
    desk_in.keyboard.press("3")
    expect(desk_in.locator("[data-logged]")).to_be_visible()
    assert Interaction.objects.get().outcome == "no_answer"


def test_draft_survives_leaving_the_page_and_ends_with_saving(desk_in: Page) -> None:
    lead, other = a_lead("Jasmine Uy"), a_lead("Ramon Villareal")
    open_lead(desk_in, lead)
    body = desk_in.locator("#composer textarea")
    body.fill("Half a thought about the deck")
    desk_in.locator("#composer").get_by_role("link", name="Call").click()
    expect(desk_in.locator("#composer [name=outcome]")).to_be_visible()
    expect(body).to_have_value("Half a thought about the deck")
    open_lead(desk_in, other)
    expect(body).to_have_value("")
    open_lead(desk_in, lead)
    expect(body).to_have_value("Half a thought about the deck")

    body.press("Control+Enter")

    expect(desk_in.locator(".toasts")).to_contain_text("Saved.")
    expect(desk_in.locator("#timeline")).to_contain_text("Half a thought about the deck")
    expect(body).to_have_value("")
    open_lead(desk_in, lead)
    expect(body).to_have_value("")
    assert Interaction.objects.get().body == "Half a thought about the deck"


def test_scrolling_goes_on_to_the_first_day(desk_in: Page) -> None:
    lead = a_lead("Jasmine Uy", arrived_at=timezone.now() - dt.timedelta(days=200))
    for number in range(70):
        at = timezone.now() - dt.timedelta(days=number, minutes=5)
        services.log(lead=lead, kind="note", body=f"Note {number}", at=at)
    open_lead(desk_in, lead)

    assert scrolled_through(desk_in) == 71
    expect(desk_in.locator("#timeline .said")).to_have_count(70)


def scrolled_through(page: Page) -> int:
    """How many entries there are when no earlier ones come."""
    entries, earlier = page.locator("#timeline > ol > li"), page.locator("#timeline .earlier")
    while earlier.count():
        before = entries.count()
        page.evaluate("document.querySelector('#timeline .earlier')?.scrollIntoView()")
        expect(entries).not_to_have_count(before)
    return entries.count()


def naughty() -> list[str]:
    if not BLNS.exists():
        return SOME
    return [*SOME, *json.loads(BLNS.read_text())]


@pytest.mark.parametrize("where", ["composer", "page"])
def test_no_naughty_string_runs(desk_in: Page, where: str) -> None:
    """In body, subject, name of a file and name of a home; shown, searched, edited."""
    lead = a_lead("<img src=x onerror=window.__ran=1>")
    strings = naughty()
    for number, text in enumerate(strings):
        file = SimpleUploadedFile("x", b"x")
        file._name = text
        home, _ = services.home_named(text.replace("\x00", "")[:200])
        services.log(
            lead=lead, kind="email" if number % 2 else "showing", body=text, subject=text,
            listing=home, at=timezone.now() - dt.timedelta(minutes=number),
            files=[file] if number < 40 else (),
        )  # fmt: skip
    dialogs: list[str] = []
    desk_in.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    if where == "page":
        open_lead(desk_in, lead)
        assert scrolled_through(desk_in) > len(strings)
    else:
        entry = Interaction.objects.order_by("-at")[0]
        desk_in.goto(reverse("timeline:entry", args=[lead.id, entry.id]))
        open_lead(desk_in, lead)
        for text in SOME:
            desk_in.locator("#composer textarea").fill(text)
            desk_in.locator("#composer textarea").press("Control+Enter")
            desk_in.wait_for_load_state("networkidle")
    assert desk_in.evaluate("window.__ran ?? 0") == 0
    assert dialogs == []


def test_the_chosen_tab_of_the_composer_is_in_sight_on_a_phone(desk_in: Page) -> None:
    become_phone(desk_in)
    open_lead(desk_in, a_lead("Jasmine Uy"))
    desk_in.locator("#composer .tabs").get_by_text("Showing").click()
    chosen = desk_in.locator("#composer .tabs [aria-current]")
    expect(chosen).to_have_text("Showing")
    expect(chosen).to_be_in_viewport(ratio=1)
