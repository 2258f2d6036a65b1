"""Today by the keyboard alone, and what appears without a reload."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, expect

from crm.events.delivering import deliver_due
from crm.events.services import record
from crm.notify.sending import send_due
from leads.followups import services as followups
from leads.followups.reminding import remind_due
from leads.models import FollowUp, Interaction, PutOff
from leads.timeline import moments
from tests.browser.watching import Watched, hears
from tests.leads.factories import a_follow_up, a_lead, a_phone
from tests.leads.today.making import a_full_day, somebody_waiting

# The device itself must not be asked to dial.
HEAR = """
addEventListener("begin", (event) => {
  document.title = event.detail.address;
  event.stopImmediatePropagation();
}, true)
"""


# It is dialled, and nothing on this machine takes it.
NOWHERE = """
addEventListener("begin", (event) => { event.detail.address = "#"; }, true)
"""
MANILA = ZoneInfo("Asia/Manila")


def day_after(days: int) -> dt.date:
    return timezone.localdate(None, MANILA) + dt.timedelta(days=days)


def due_day(planned: FollowUp) -> dt.date:
    return timezone.localdate(planned.due, MANILA)


def opened(page: Page) -> Page:
    page.goto("/")
    hears(page)
    return page


def lit(page: Page) -> str:
    return page.locator(".lit-card .name").inner_text()


TOLD = "document.body.dispatchEvent(new CustomEvent('undone'))"


def focus_is_on(page: Page, name: str) -> None:
    """A queue that is drawn anew gives the focus back a moment later."""
    script = """name => document.activeElement.closest("[data-lead]")
        ?.querySelector(".name").innerText === name"""
    page.wait_for_function(script, arg=name)


def call_logged_by_keys(desk: Page) -> tuple[Page, FollowUp]:
    """With Ana Cruz, of whom a call was due."""
    due = a_follow_up(
        somebody_waiting(), timezone.now() - dt.timedelta(minutes=1), title="Ask about the loan"
    )
    page = opened(desk)
    page.keyboard.press("l")
    page.keyboard.press("1")
    return page, due


def takes_it_back(page: Page, due: FollowUp) -> None:
    page.keyboard.press("z")
    expect(page.locator(".toasts")).to_contain_text("Undone.")
    expect(page.locator(".lit-card .name")).to_have_text("Ana Cruz")
    due.refresh_from_db()
    assert (due.state, FollowUp.objects.count(), Interaction.objects.count()) == ("open", 1, 1)


def test_the_day_is_walked_by_keys(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.keyboard.press("j")
    focus_is_on(page, "Ana Cruz")
    page.keyboard.press("j")
    focus_is_on(page, "Dana Whitfield")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    focus_is_on(page, "Jasmine Uy")


def test_done_lights_the_next_and_undo_brings_back(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.keyboard.press("e")
    expect(page.locator(".lit-card .name")).to_have_text("Ana Cruz")
    expect(page.locator(".toasts")).to_contain_text("Done: Jasmine Uy")
    # Focus goes to the new lit card's first button.
    expect(page.locator(".lit-card .acts .btn").first).to_be_focused()
    expect(page.locator(".section-head .count").first).to_contain_text("5 people")
    expect(page.locator('.sidebar [data-go="T"] .count')).to_have_text("5")
    page.keyboard.press("z")
    expect(page.locator(".lit-card .name")).to_have_text("Jasmine Uy")


def test_a_row_is_snoozed_by_two_keys(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.keyboard.press("j")
    page.keyboard.press("s")
    dialog = page.locator("#ask[open]")
    expect(dialog).to_contain_text("Snooze Ana Cruz")
    page.keyboard.press("1")
    expect(dialog).to_have_count(0)
    expect(page.locator(".toasts")).to_contain_text("Ana Cruz is put off until")
    expect(page.locator("#queue")).not_to_contain_text("Ana Cruz")
    assert lit(page) == "Jasmine Uy"
    assert PutOff.objects.get().until > timezone.now()


def test_a_row_that_is_done_leaves_the_lit_card_lit(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(".toasts")).to_contain_text("Done: Ana Cruz")
    expect(page.locator("#queue")).not_to_contain_text("Ana Cruz")
    focus_is_on(page, "Jasmine Uy")


def test_why_somebody_is_here_is_told(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.get_by_role("link", name=re.compile("why Aileen Santos is here")).click()
    dialog = page.locator("#ask[open]")
    expect(dialog).to_contain_text("Overdue follow-ups, weight 50")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_enter_opens_the_person(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/leads/[0-9a-f-]{36}/"))
    expect(page.locator("h1")).to_contain_text("Ana Cruz")


def test_a_call_reveals_only_when_it_is_begun(desk_in: Page) -> None:
    lead = somebody_waiting()
    a_phone(lead, "+63 917 555 0142", is_primary=True)
    page = opened(desk_in)
    assert "0142" not in page.content()
    page.evaluate(HEAR)
    page.keyboard.press("c")
    expect(page).to_have_title("tel:+639175550142")


def test_two_keys_log_a_call_and_a_third_gives_the_next_one_another_time(desk_in: Page) -> None:
    """The call was due, so it is done by it; T, D, W and P amend, Z takes all of it back."""
    page, due = call_logged_by_keys(desk_in)
    strip = page.locator("[data-logged]")
    expect(strip).to_contain_text(": call to see how it stands")
    expect(page.locator("#queue")).not_to_contain_text("Ana Cruz")
    talk = Interaction.objects.get(direction="out")
    due.refresh_from_db()
    assert (talk.kind, talk.outcome, due.state, due.interaction) == (
        "call", "reached", "done", talk)  # fmt: skip
    for key, days in (("t", 1), ("w", 7), ("d", 3)):
        page.keyboard.press(key)
        expect(strip).to_contain_text(moments.day_words(day_after(days), day_after(0)))
        assert due_day(FollowUp.objects.open().get()) == day_after(days)
    page.keyboard.press("p")
    picked = dt.datetime.combine(day_after(20), dt.time(16, 30))
    page.locator("#log-pick").fill(picked.strftime("%Y-%m-%dT%H:%M"))
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("16:30")
    assert due_day(FollowUp.objects.open().get()) == day_after(20)
    takes_it_back(page, due)


def test_z_takes_the_log_back_after_its_strip_has_closed(desk_in: Page) -> None:
    page, due = call_logged_by_keys(desk_in)
    expect(page.locator("[data-logged]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-log-dialog]")).to_have_count(0)
    expect(page.locator(".toasts")).to_contain_text(": call to see how it stands")
    takes_it_back(page, due)
    expect(page.locator(".toasts")).not_to_contain_text("Logged.")


def test_coming_back_from_a_call_asks_how_it_went_and_ends_what_was_due(desk_in: Page) -> None:
    lead = somebody_waiting()
    a_phone(lead, is_primary=True)
    due = a_follow_up(lead, timezone.now() - dt.timedelta(minutes=1))
    page = opened(desk_in)
    page.evaluate(NOWHERE)
    page.keyboard.press("c")
    page.wait_for_url(re.compile("#$"))
    page.evaluate("dispatchEvent(new Event('blur'))")
    # The phone has dropped the page meanwhile.
    page.reload()
    expect(page.get_by_role("heading", name="Log call with Ana Cruz")).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator("[data-logged]")).to_be_visible()
    due.refresh_from_db()
    assert (due.state, due.outcome) == ("done", "no_answer")


def test_the_minutes_count_down(desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    clock = page.get_by_role("timer")
    expect(clock).to_have_text(re.compile(r"1:\d\d"))
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    assert clock.inner_text() < first


def test_a_new_lead_appears_and_is_said_without_a_reload(desk_in: Page) -> None:
    somebody_waiting()
    page = opened(desk_in)
    page.evaluate("window.stayed = true")
    page.locator(".lit-card .acts .btn").first.focus()
    with transaction.atomic():
        lead = a_lead("Jasmine Uy")
        record("lead.added", subject=lead.id, data={"origin": "website"})
    deliver_due()
    send_due()
    expect(page.locator(".lit-card .name")).to_have_text("Jasmine Uy")
    expect(page.locator(".toasts")).to_contain_text("New lead: Jasmine Uy")
    assert page.evaluate("window.stayed") is True
    # The focus stays with the person it was on.
    focus_is_on(page, "Ana Cruz")


def test_what_falls_due_appears_in_today_and_in_the_agenda_without_a_reload(desk_in: Page) -> None:
    """Two open pages: the reminder is said where it is looked at, the new entry comes to both."""
    somebody_waiting()
    page = opened(desk_in)
    page.evaluate("window.stayed = true")
    agenda = page.context.new_page()
    agenda.goto("/agenda/")
    agenda.evaluate("window.stayed = true")
    with transaction.atomic():
        planned = followups.plan(
            lead=a_lead("Grace Tolentino", stage="contacted"), title="Gate code", reminders=[0],
            due=timezone.now() + dt.timedelta(seconds=1),
        )  # fmt: skip
    deliver_due()
    expect(agenda.locator(f"#f-{planned.id}")).to_be_visible()
    page.bring_to_front()
    page.wait_for_timeout(1000)
    assert remind_due() == 1
    send_due()
    expect(page.locator(".toasts")).to_contain_text("Call Grace Tolentino")
    expect(page.locator("#queue")).to_contain_text("Grace Tolentino")
    assert (page.evaluate("window.stayed"), agenda.evaluate("window.stayed")) == (True, True)
    agenda.close()


def test_the_last_one_done_lights_the_street(desk_in: Page) -> None:
    lead = somebody_waiting()
    lead.interactions.create(kind="call", direction="out", at=timezone.now(), outcome="no_answer")
    other = somebody_waiting("Ben Yu")
    page = opened(desk_in)
    page.keyboard.press("e")
    expect(page.locator("#queue h2").first).to_have_text("Every light is on")
    expect(page.locator("#lede")).to_contain_text("has heard from you")
    assert other.name not in page.locator("#queue").inner_text()


def test_on_a_phone_everything_is_within_reach(phone_in: Page) -> None:
    a_full_day()
    phone_in.goto("/")
    for name in ("Text", "Snooze", "Done"):
        box = phone_in.locator(".lit-card .acts").get_by_text(name, exact=True).bounding_box()
        assert box is not None
        assert 0 <= box["x"] < 390
    buttons = phone_in.locator(".queue-row").first.locator(".acts .btn:visible")
    expect(buttons).to_have_count(1)


def test_news_while_the_queue_is_on_its_way_is_shown_too(desk_in: Page) -> None:
    """The first answer was made before somebody else came, and arrives after that was told."""
    page = opened(desk_in)
    held: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if route.request.headers.get("hx-target") != "queue" or held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route("**/*", hold_the_first)
    page.evaluate(TOLD)
    while not held:
        page.wait_for_timeout(20)
    a_follow_up(somebody_waiting(), timezone.now() - dt.timedelta(minutes=1), title="Ask")
    page.evaluate(TOLD)
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page.locator(".lit-card .name")).to_have_text("Ana Cruz")


def test_a_queue_that_did_not_come_is_not_waited_for_any_more(desk: Watched, desk_in: Page) -> None:
    a_full_day()
    page = opened(desk_in)
    asked: list[Route] = []

    def refuse(route: Route) -> None:
        if route.request.headers.get("hx-target") != "queue":
            route.continue_()
        else:
            asked.append(route)

    page.route("**/*", refuse)
    page.evaluate(TOLD)
    expect(page.locator("#queue")).to_have_attribute("aria-busy", "true")
    while not asked:
        page.wait_for_timeout(20)
    asked[0].abort()
    expect(page.locator("#queue")).not_to_have_attribute("aria-busy", "true")
    # What the browser and htmx say of the line that broke.
    assert any("ERR_FAILED" in fault for fault in desk.faults)
    desk.faults.clear()


def test_a_name_of_one_endless_word_stays_in_its_card(desk_in: Page) -> None:
    a_lead("W" * 200, arrived_at=timezone.now())
    page = opened(desk_in)
    assert (
        page.locator(".lit-card .name").evaluate("name => name.scrollWidth - name.clientWidth") <= 0
    )
