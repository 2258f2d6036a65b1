"""A list by keyboard alone, by pointer, and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from crm.models import SmartList
from tests.browser.watching import axe_faults, overflow, show_theme
from tests.listed.made import make_guest, make_guests
from tests.listed.models import Guest

SHOTS = os.environ.get("SHOTS", "")
PAGE = "/listed/guests/"


def picture(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"lists-{name}.png")
        show_theme(page, "dark")
        page.screenshot(path=Path(SHOTS) / f"lists-{name}-dark.png")
        show_theme(page, "light")


@pytest.fixture
def people(desk_in: Page) -> Page:
    """Six guests, highest score first: Guest 5, 4, 3 ..."""
    for number in range(6):
        make_guest(f"Guest {number}", score=number * 10)
    desk_in.goto(PAGE, wait_until="networkidle")
    return desk_in


def row(page: Page, name: str) -> object:
    return page.get_by_role("row", name=name)


def test_j_and_k_move_the_row_and_the_preview_follows(people: Page) -> None:
    expect(people.locator("#preview")).to_contain_text("Guest 5")
    people.keyboard.press("j")
    expect(row(people, "Guest 4")).to_be_focused()
    expect(people.locator("#preview")).to_contain_text("Guest 4")
    people.keyboard.press("j")
    people.keyboard.press("k")
    expect(row(people, "Guest 4")).to_be_focused()
    expect(people.locator("[aria-current=true]")).to_have_count(1)
    people.keyboard.press("ArrowDown")
    expect(row(people, "Guest 3")).to_be_focused()
    picture(people, "row")


def test_enter_opens_the_row(people: Page) -> None:
    people.keyboard.press("j")
    people.keyboard.press("Enter")
    people.wait_for_url(f"**{PAGE}*-*/")


def test_rows_are_ticked_by_keys_and_closed_and_undone(people: Page) -> None:
    people.keyboard.press("x")
    people.keyboard.press("j")
    people.keyboard.press("j")
    people.keyboard.press("Shift+X")
    bar = people.get_by_role("toolbar")
    expect(bar).to_contain_text("3 ticked")
    expect(people.locator("tr[aria-selected=true]")).to_have_count(3)
    assert axe_faults(people) == []
    picture(people, "ticked")
    bar.get_by_role("button", name="Close").click()
    expect(people.locator(".toasts")).to_contain_text("3 closed.")
    expect(bar).to_be_hidden()
    expect(row(people, "Guest 4")).to_contain_text("Closed")
    assert Guest.objects.filter(stage="closed").count() == 3
    people.keyboard.press("z")
    expect(people.locator(".toasts")).to_contain_text("Undone.")
    expect(row(people, "Guest 4")).to_contain_text("New")
    # The keys go on from the same row after the swaps.
    people.keyboard.press("j")
    expect(row(people, "Guest 2")).to_be_focused()
    # And Z again does it again.
    people.keyboard.press("z")
    expect(row(people, "Guest 4")).to_contain_text("Closed")


def test_escape_unticks(people: Page) -> None:
    people.keyboard.press("a")
    expect(people.get_by_role("toolbar")).to_contain_text("6 ticked")
    people.keyboard.press("Escape")
    expect(people.get_by_role("toolbar")).to_have_count(0)


def test_shift_click_ticks_all_between(people: Page) -> None:
    people.get_by_label("Tick Guest 5").click()
    people.get_by_label("Tick Guest 2").click(modifiers=["Shift"])
    expect(people.get_by_role("toolbar")).to_contain_text("4 ticked")


def test_a_twice_ticks_all_that_match(desk_in: Page) -> None:
    make_guests(70)
    Guest.objects.update(stage="new")
    desk_in.set_viewport_size({"width": 1440, "height": 500})
    desk_in.goto(PAGE, wait_until="networkidle")
    desk_in.keyboard.press("a")
    expect(desk_in.get_by_role("toolbar")).to_contain_text("50 ticked")
    desk_in.keyboard.press("a")
    expect(desk_in.get_by_role("toolbar")).to_contain_text("All 70 guests ticked")
    desk_in.get_by_role("toolbar").get_by_role("button", name="Close").click()
    expect(desk_in.locator(".toasts")).to_contain_text("70 closed.")
    assert Guest.objects.filter(stage="closed").count() == 70


def test_keys_go_on_beyond_the_page(desk_in: Page) -> None:
    make_guests(60)
    desk_in.goto(PAGE, wait_until="networkidle")
    for _ in range(55):
        desk_in.keyboard.press("j")
    expect(desk_in.locator("[data-row]")).to_have_count(60)
    desk_in.keyboard.press("j")
    where = "[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)"
    assert desk_in.evaluate(where) >= 50


def test_filter_is_made_by_keyboard_alone(people: Page) -> None:
    people.keyboard.press("f")
    dialog = people.get_by_role("dialog", name="Filter")
    expect(dialog.get_by_label("What")).to_be_focused()
    people.keyboard.type("Sco")
    expect(dialog.get_by_label("How", exact=True)).to_have_value("at_least")
    expect(dialog.get_by_label("What")).to_be_focused()
    people.keyboard.press("Tab")
    people.keyboard.press("Tab")
    people.keyboard.type("lots")
    people.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("“lots” is not a number.")
    expect(dialog.get_by_label("Value")).to_have_value("lots")
    assert axe_faults(people) == []
    picture(people, "wrong")
    dialog.get_by_label("Value").fill("40")
    people.keyboard.press("Enter")
    expect(people.locator("[data-row]")).to_have_count(2)
    expect(people.locator(".filters")).to_contain_text("Score is at least 40")
    people.get_by_role("link", name="Remove filter").click()
    expect(people.locator("[data-row]")).to_have_count(6)


def test_groups_are_added_and_taken_away(people: Page) -> None:
    people.keyboard.press("f")
    dialog = people.get_by_role("dialog", name="Filter")
    dialog.get_by_label("What").select_option(label="Stage")
    dialog.get_by_text("New", exact=True).click()
    dialog.get_by_role("button", name="Any of several").click()
    expect(dialog.get_by_label("What")).to_have_count(3)
    expect(dialog.get_by_label("What").nth(1)).to_be_focused()
    dialog.get_by_label("What").nth(1).select_option(label="Score")
    expect(dialog.get_by_label("Value")).to_have_count(1)
    dialog.get_by_label("Value").fill("50")
    dialog.get_by_label("What").nth(2).select_option(label="Last touch")
    expect(dialog.get_by_label("How many")).to_be_visible()
    dialog.get_by_label("How many").fill("7")
    assert axe_faults(people) == []
    picture(people, "groups")
    dialog.get_by_role("button", name="Show guests").click()
    expect(people.locator(".filters")).to_contain_text(
        "Score is at least 50 or Last touch more than 7 days ago, or never"
    )


def test_list_is_saved_and_stands_in_the_sidebar(people: Page) -> None:
    people.get_by_role("button", name="New list").click()
    dialog = people.get_by_role("dialog", name="Save list")
    dialog.get_by_label("Name").fill("Hot")
    people.keyboard.press("Enter")
    expect(dialog).to_contain_text("Another list has this name.")
    dialog.get_by_label("Name").fill("Everyone I know")
    dialog.get_by_label("Show it in the sidebar").check()
    picture(people, "save")
    dialog.get_by_role("button", name="Save list").click()
    expect(people.locator(".toasts")).to_contain_text("Everyone I know is saved.")
    expect(people.locator(".sidebar")).to_contain_text("Everyone I know")
    people.keyboard.press("z")
    expect(people.locator(".toasts")).to_contain_text("Undone.")
    assert SmartList.objects.count() == 0


def test_columns_are_chosen_and_ordered(people: Page) -> None:
    people.get_by_role("button", name="Columns").click()
    dialog = people.get_by_role("dialog", name="Columns")
    dialog.get_by_label("Budget", exact=True).uncheck()
    dialog.get_by_role("button", name="Move Score up").click()
    assert axe_faults(people) == []
    picture(people, "columns")
    dialog.get_by_role("button", name="Save").click()
    expect(people.locator("thead th").nth(2)).to_contain_text("Score")
    expect(people.locator("thead")).not_to_contain_text("Budget")
    expect(dialog).to_be_hidden()


def test_action_asks_by_its_form(people: Page) -> None:
    make_guests(0)
    people.keyboard.press("x")
    people.get_by_role("toolbar").get_by_role("button", name="Tag").click()
    dialog = people.get_by_role("dialog", name="Tag")
    expect(dialog.get_by_label("Tag")).to_be_focused()
    picture(people, "bulk")
    dialog.get_by_label("Tag").select_option(label="Viewing")
    dialog.get_by_role("button", name="Tag").click()
    expect(people.locator(".toasts")).to_contain_text("1 tagged Viewing.")
    expect(dialog).to_be_hidden()


def test_ticked_rows_are_downloaded(people: Page) -> None:
    people.keyboard.press("x")
    with people.expect_download() as told:
        people.get_by_role("toolbar").get_by_role("button", name="Export").click()
    lines = Path(told.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Guest", "Guest 5"]


def test_preview_is_put_away_and_stays_so(people: Page) -> None:
    people.keyboard.press("p")
    expect(people.locator("#preview")).to_be_hidden()
    people.goto(PAGE)
    expect(people.locator("#preview")).to_be_hidden()
    people.keyboard.press("p")
    expect(people.locator("#preview")).to_contain_text("Guest 5")


def test_list_menu_hides_a_list(people: Page) -> None:
    people.goto(f"{PAGE}?list=hot")
    people.get_by_role("button", name="Hot: change this list").click()
    picture(people, "menu")
    assert axe_faults(people) == []
    people.locator("#list-menu").get_by_text("Hide", exact=True).click()
    expect(people.locator(".toasts")).to_contain_text("Hot is hidden.")
    expect(people.locator(".tabs")).not_to_contain_text("Hot")


def test_on_a_phone_rows_have_two_lines_and_the_filter_rises(phone_in: Page) -> None:
    make_guests(8)
    phone_in.goto(f"{PAGE}", wait_until="networkidle")
    phone_in.get_by_role("button", name="Filter").click()
    dialog = phone_in.get_by_role("dialog", name="Filter")
    dialog.get_by_label("What").select_option(label="Tags")
    dialog.get_by_text("Viewing", exact=True).click()
    box = dialog.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 844
    assert axe_faults(phone_in) == []
    assert overflow(phone_in) <= 0
    picture(phone_in, "phone-filter")
    dialog.get_by_role("button", name="Show guests").click()
    expect(phone_in.locator(".filters")).to_contain_text("Tags has Viewing")
    picture(phone_in, "phone-filtered")
    phone_in.locator("[data-row] [name=id]").first.check()
    expect(phone_in.get_by_role("toolbar")).to_be_visible()
    assert overflow(phone_in) <= 0
    picture(phone_in, "phone-ticked")
