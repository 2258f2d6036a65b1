"""The check of the public address, as the owner presses it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_every_page import keep_picture
from tests.browser.watching import axe_faults, overflow, show_theme


def pressed(page: Page) -> None:
    page.goto("/settings/reach/")
    page.get_by_role("button", name="Check from outside").click()
    expect(page.locator("#works [role=status]")).to_be_visible()


def test_the_check_finds_its_own_house(desk_in: Page, server: Server, settings) -> None:
    settings.OUTGOING_LOOPBACK, settings.PUBLIC_URL = True, server.url
    pressed(desk_in)
    expect(desk_in.locator("#works [role=status]")).to_contain_text("leads here")
    assert axe_faults(desk_in) == []


def test_what_stands_between_is_said_on_a_phone(phone_in: Page, settings) -> None:
    settings.PUBLIC_URL = "https://192.168.1.20"
    pressed(phone_in)
    expect(phone_in.locator("#works")).to_contain_text("your own network or machine")
    expect(phone_in.locator("#works")).to_contain_text("Not now")
    keep_picture(phone_in, "reach-checked", "390")
    assert (axe_faults(phone_in), overflow(phone_in) <= 0) == ([], True)
    show_theme(phone_in, "dark")
    keep_picture(phone_in, "reach-checked", "390-dark")
