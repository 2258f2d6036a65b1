"""The bell rings without a reload, and one stream serves every tab."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from crm.models import NotificationRules
from crm.notify.kinds import TEST
from crm.notify.sending import send_due
from crm.notify.services import mark_all_read, notify
from tests.browser.watching import hears

STREAM = re.compile(r"/live(\?|$)")


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


def test_what_is_told_before_the_stream_opens_is_said_once(desk_in: Page) -> None:
    held: list[Route] = []
    desk_in.route(STREAM, lambda route: held.append(route))
    desk_in.goto("/")
    expect(desk_in.locator("#bell")).to_have_attribute("data-unread", "0")
    tell("early")
    desk_in.unroute(STREAM)
    expect(desk_in.locator("#bell")).to_have_attribute("data-unread", "1")
    expect(desk_in.locator(".toasts")).to_contain_text("Someone is at the door early")
    desk_in.goto("/settings/notifications/")
    hears(desk_in)
    expect(desk_in.locator("#bell")).to_have_attribute("data-unread", "1")
    expect(desk_in.locator(".toasts")).not_to_contain_text("Someone is at the door")


def test_a_second_tab_hears_what_was_told_while_it_came(desk_in: Page) -> None:
    desk_in.goto("/")
    hears(desk_in)
    second = desk_in.context.new_page()
    held: list[Route] = []
    # Its page is there, its scripts are not.
    second.route("**/live*.js", lambda route: held.append(route))
    second.goto("/settings/notifications/", wait_until="commit")
    expect(second.locator("#bell")).to_have_attribute("data-unread", "0")
    tell("meanwhile")
    expect(desk_in.locator("#bell")).to_have_attribute("data-unread", "1")
    second.unroute("**/live*.js")
    expect(second.locator("#bell")).to_have_attribute("data-unread", "1")
    second.close()
