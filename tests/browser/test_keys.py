from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watching import axe_faults


def test_g_then_a_letter_goes_to_its_page(desk_in: Page) -> None:
    desk_in.goto("/components/")
    desk_in.keyboard.press("g")
    desk_in.keyboard.press("t")
    expect(desk_in).to_have_title("Today · Porchlight")


def test_question_mark_shows_the_keys(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("?")
    dialog = desk_in.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    assert axe_faults(desk_in) == []
    desk_in.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_single_keys_are_off_while_typing(desk_in: Page) -> None:
    desk_in.goto("/search/?q=x")
    desk_in.get_by_role("searchbox").focus()
    desk_in.keyboard.press("End")
    desk_in.keyboard.type("?/gt")
    expect(desk_in.get_by_role("searchbox")).to_have_value("x?/gt")
    expect(desk_in.get_by_role("dialog")).to_have_count(0)


def test_single_keys_can_be_switched_off(desk_in: Page) -> None:
    desk_in.goto("/settings/preferences/")
    desk_in.get_by_label("Single-key shortcuts").uncheck()
    desk_in.get_by_role("button", name="Save").click()
    expect(desk_in.locator(".toasts")).to_contain_text("Saved")
    desk_in.goto("/")
    desk_in.keyboard.press("?")
    expect(desk_in.get_by_role("dialog")).to_have_count(0)
    desk_in.keyboard.press("Control+k")
    expect(desk_in.get_by_role("dialog")).to_have_count(1)


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_theme_button_changes_the_page_and_the_next_one(desk_in: Page, theme: str) -> None:
    desk_in.goto("/")
    desk_in.get_by_role("button", name=f"{theme} theme").click()
    expect(desk_in.locator("html")).to_have_attribute("data-theme", theme.lower())
    desk_in.goto("/search/")
    expect(desk_in.locator("html")).to_have_attribute("data-theme", theme.lower())


def test_folded_sidebar_stays_folded(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.get_by_role("checkbox", name="Fold the sidebar").check(force=True)
    desk_in.goto("/search/")
    expect(desk_in.get_by_role("checkbox", name="Fold the sidebar")).to_be_checked()


def test_dialog_keeps_the_focus_and_gives_it_back(desk_in: Page) -> None:
    desk_in.goto("/components/")
    opener = desk_in.get_by_role("button", name="Open a dialog")
    opener.focus()
    desk_in.keyboard.press("Enter")
    expect(desk_in.get_by_role("dialog")).to_be_visible()
    assert axe_faults(desk_in) == []
    desk_in.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_toast_is_said_and_can_be_undone(desk_in: Page) -> None:
    desk_in.goto("/components/")
    desk_in.get_by_role("button", name="Toast").click()
    shelf = desk_in.locator(".toasts")
    expect(shelf).to_contain_text("Done. Dana comes back on 19 June")
    shelf.get_by_role("button", name="Undo").click()
    expect(shelf.get_by_role("button", name="Undo")).to_have_count(1)
    assert axe_faults(desk_in) == []
