"""The bell rings without a reload, and one stream serves every tab."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from crm.models import NotificationRules
from crm.notify.kinds import TEST
from crm.notify.sending import send_due
from crm.notify.services import mark_all_read, notify
from tests.browser.watching import hears


def tell(key: str) -> None:
    NotificationRules.objects.get_or_create(defaults={"quiet_from": None, "quiet_until": None})
    notify(TEST.name, title=f"Someone is at the door {key}", key=key)
    send_due()


def test_the_bell_counts_and_an_urgent_notice_is_said(desk_in: Page) -> None:
    desk_in.goto("/")
    hears(desk_in)
    bell = desk_in.locator("#bell")
    expect(bell).to_have_attribute("data-unread", "0")
    tell("one")
    expect(bell).to_have_attribute("data-unread", "1")
    expect(desk_in.locator(".toasts")).to_contain_text("Someone is at the door one")
    mark_all_read()
    expect(bell).to_have_attribute("data-unread", "0")


def test_a_second_tab_hears_through_the_first_and_takes_over(desk_in: Page) -> None:
    desk_in.goto("/")
    hears(desk_in)
    second = desk_in.context.new_page()
    streams: list[str] = []
    second.on(
        "request",
        lambda asked: (
            "/live" in asked.url and "/static/" not in asked.url and streams.append(asked.url)
        ),
    )
    second.goto("/settings/notifications/")
    tell("one")
    expect(second.locator("#bell")).to_have_attribute("data-unread", "1")
    assert streams == []
    with second.expect_request("**/live?after=*"):
        desk_in.goto("about:blank")
    tell("two")
    expect(second.locator("#bell")).to_have_attribute("data-unread", "2")
    second.close()
