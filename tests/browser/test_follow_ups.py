"""Follow-ups by the keyboard alone: planned, moved, put off, done, and each taken back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.followups import services
from leads.models import FollowUp
from tests.leads.factories import a_lead

MANILA = ZoneInfo("Asia/Manila")


def tomorrow(hour: int, minute: int = 0) -> dt.datetime:
    day = timezone.now().astimezone(MANILA).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour, minute), MANILA)


def agenda_of_tomorrow() -> str:
    return f"/agenda/?span=day&on={tomorrow(9).date()}"


def entry(page: Page, planned: FollowUp):  # type: ignore[no-untyped-def]
    return page.locator(f"#f-{planned.id}")


def test_a_follow_up_is_added_by_keys(desk_in: Page) -> None:
    a_lead("Dana Whitfield")
    desk_in.goto("/agenda/")
    desk_in.keyboard.press("f")
    sheet = desk_in.get_by_role("dialog", name="Follow-up")
    expect(sheet.get_by_label("What about")).to_be_focused()
    desk_in.keyboard.type("Ask about the loan")
    desk_in.keyboard.press("Tab")
    desk_in.keyboard.type("Dana Whitfield")
    desk_in.keyboard.press("Enter")
    expect(sheet).to_be_hidden()
    expect(desk_in.locator(".toasts")).to_contain_text("Planned: ")
    planned = FollowUp.objects.get()
    assert (planned.title, planned.lead.name) == ("Ask about the loan", "Dana Whitfield")


def test_it_is_moved_by_space_and_arrows(desk_in: Page) -> None:
    planned = services.plan(lead=a_lead(), title="Ask", due=tomorrow(10))
    desk_in.goto(agenda_of_tomorrow())
    entry(desk_in, planned).focus()
    desk_in.keyboard.press("Space")
    desk_in.keyboard.press("ArrowDown")
    desk_in.keyboard.press("ArrowDown")
    desk_in.keyboard.press("ArrowDown")
    expect(desk_in.locator("#agenda-says")).to_contain_text("11:30")
    desk_in.keyboard.press("Space")
    expect(desk_in.locator(".toasts")).to_contain_text("Moved to")
    expect(entry(desk_in, planned)).to_have_attribute("data-time", "11:30")
    expect(entry(desk_in, planned)).to_be_focused()
    planned.refresh_from_db()
    assert planned.due == tomorrow(11, 30)
    desk_in.keyboard.press("z")
    expect(entry(desk_in, planned)).to_have_attribute("data-time", "10:00")


def test_escape_takes_a_lifted_one_back(desk_in: Page) -> None:
    planned = services.plan(lead=a_lead(), title="Ask", due=tomorrow(10))
    desk_in.goto(agenda_of_tomorrow())
    entry(desk_in, planned).focus()
    desk_in.keyboard.press("Space")
    desk_in.keyboard.press("ArrowDown")
    desk_in.keyboard.press("Escape")
    expect(desk_in.locator("#agenda-says")).to_have_text("Taken back.")
    planned.refresh_from_db()
    assert planned.due == tomorrow(10)


def test_it_is_snoozed_and_done_by_keys(desk_in: Page) -> None:
    planned = services.plan(lead=a_lead(), title="Print the offer", kind="task", due=tomorrow(10))
    desk_in.goto(agenda_of_tomorrow())
    entry(desk_in, planned).focus()
    desk_in.keyboard.press("s")
    desk_in.get_by_role("button", name="In a month").press("Enter")
    expect(desk_in.locator(".toasts")).to_contain_text("Snoozed until")
    planned.refresh_from_db()
    assert planned.snoozes == 1
    desk_in.goto(f"/agenda/?span=day&on={timezone.localtime(planned.due, MANILA).date()}")
    entry(desk_in, planned).focus()
    # The dialog is there a second time, too.
    desk_in.keyboard.press("s")
    expect(desk_in.get_by_role("button", name="In a month")).to_be_visible()
    desk_in.keyboard.press("Escape")
    desk_in.keyboard.press("Enter")
    expect(desk_in.get_by_label("What about")).to_have_value("Print the offer")
    desk_in.keyboard.press("Escape")
    desk_in.keyboard.press("e")
    expect(desk_in.locator(".toasts")).to_contain_text("Done.")
    planned.refresh_from_db()
    assert planned.state == "done"


def test_a_talk_is_done_by_how_it_went(desk_in: Page) -> None:
    lead = a_lead()
    planned = services.plan(lead=lead, title="Ask", due=tomorrow(10))
    desk_in.goto(agenda_of_tomorrow())
    entry(desk_in, planned).focus()
    desk_in.keyboard.press("e")
    expect(desk_in.locator("[data-log-dialog]")).to_be_visible()
    desk_in.keyboard.press("1")
    expect(entry(desk_in, planned)).to_have_count(0)
    planned.refresh_from_db()
    assert (planned.state, planned.outcome) == ("done", "reached")
    assert FollowUp.objects.open().get().lead == lead


def test_a_showing_is_confirmed_and_put_off_on_its_persons_page(desk_in: Page) -> None:
    lead = a_lead()
    due = timezone.now() + dt.timedelta(hours=3)
    planned = services.plan(lead=lead, title="Show it", kind="showing", due=due)
    desk_in.goto(f"/leads/{lead.id}/")
    desk_in.keyboard.press("y")
    expect(desk_in.locator("#next-follow-up")).to_contain_text("Confirmed")
    desk_in.keyboard.press("s")
    desk_in.get_by_role("button", name="In 3 days").press("Enter")
    expect(desk_in.locator("#next-follow-up")).not_to_contain_text("Confirmed")
    planned.refresh_from_db()
    assert (planned.snoozes, planned.confirmed_at) == (1, None)


def test_a_drag_moves_it_to_another_slot(desk_in: Page) -> None:
    planned = services.plan(lead=a_lead(), title="Ask", due=tomorrow(10))
    desk_in.goto(agenda_of_tomorrow())
    slot = desk_in.locator('.calendar-slot[data-time="14:30"]')
    entry(desk_in, planned).drag_to(slot)
    expect(entry(desk_in, planned)).to_have_attribute("data-time", "14:30")
    planned.refresh_from_db()
    assert planned.due == tomorrow(14, 30)


def test_a_click_on_a_free_slot_adds_there(desk_in: Page) -> None:
    desk_in.goto(agenda_of_tomorrow())
    desk_in.locator('.calendar-slot[data-time="15:00"] .calendar-add').click()
    sheet = desk_in.get_by_role("dialog", name="Follow-up")
    expect(sheet.get_by_role("textbox", name="Time")).to_have_value("15:00")
    sheet.get_by_label("What about").fill("Renew the photos")
    sheet.get_by_role("button", name="Plan it").click()
    expect(desk_in.locator('.calendar-slot[data-time="15:00"] .entry')).to_be_visible()
    assert FollowUp.objects.get().due == tomorrow(15)
