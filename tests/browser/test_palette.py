from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watching import axe_faults


def focused_in_palette(page: Page) -> bool:
    return bool(page.evaluate("document.activeElement.matches('#palette input')"))


@pytest.mark.parametrize("key", ["Control+k", "Meta+k", "/"])
def test_palette_opens_by_key_and_gives_the_focus_back(desk_in: Page, key: str) -> None:
    desk_in.goto("/components/")
    desk_in.get_by_role("button", name="Edit").first.focus()
    desk_in.keyboard.press(key)
    expect(desk_in.locator("#palette")).to_be_visible()
    assert focused_in_palette(desk_in)
    desk_in.keyboard.press("Escape")
    expect(desk_in.locator("#palette")).to_be_hidden()
    assert desk_in.evaluate("document.activeElement.textContent.trim()") == "Edit"


def test_palette_walk_by_keyboard_alone_opens_a_page(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    expect(desk_in.get_by_role("option").first).to_be_visible()
    desk_in.keyboard.type("sett")
    option = desk_in.get_by_role("option", name="Settings").first
    expect(option).to_have_attribute("aria-selected", "true")
    assert desk_in.locator("#palette input").get_attribute("aria-activedescendant") == "hit-1-1"
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url("**/settings/**")


def test_palette_arrows_go_round(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    chosen = desk_in.locator("#palette [aria-selected=true]")
    expect(chosen).to_have_count(1)
    first = chosen.get_attribute("id")
    desk_in.keyboard.press("ArrowUp")
    last = desk_in.get_by_role("option").last.get_attribute("id")
    expect(chosen).to_have_attribute("id", last or "")
    desk_in.keyboard.press("ArrowDown")
    expect(chosen).to_have_attribute("id", first or "")


def test_palette_runs_an_action_even_before_its_answer_is_there(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    desk_in.keyboard.type("dark")
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator("html")).to_have_attribute("data-theme", "dark")


def test_palette_shows_what_was_typed_as_text(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    desk_in.keyboard.type("<img src=x onerror=alert(1)>")
    expect(desk_in.get_by_role("option").filter(has_text="<img src=x onerror=")).to_have_count(1)
    assert desk_in.locator("#palette img").count() == 0


def test_palette_passes_axe_when_open(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    expect(desk_in.get_by_role("option").first).to_be_visible()
    assert axe_faults(desk_in) == []


def test_palette_covers_the_phone(phone_in: Page) -> None:
    phone_in.goto("/")
    phone_in.get_by_role("link", name="Search or run a command").tap()
    expect(phone_in.get_by_role("option").first).to_be_visible()
    assert axe_faults(phone_in) == []


def test_a_name_that_nobody_bears_is_added_from_the_palette(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("Control+k")
    desk_in.keyboard.type("Juan Luna")
    option = desk_in.get_by_role("option", name="Add Juan Luna as a lead")
    expect(option).to_have_attribute("aria-selected", "true")
    assert axe_faults(desk_in) == []
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url("**/leads/*/")
    expect(desk_in.locator("h1")).to_have_text("Juan Luna")
    desk_in.keyboard.press("z")
    expect(desk_in.locator(".toasts")).to_contain_text("Undone.")
