"""Finding, merging and moving people as a person does: with the keyboard alone, or by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from leads.models import Deal, Lead, Merge, Stage
from tests.browser.watching import axe_faults
from tests.leads.duplicates.made import a_pair
from tests.leads.factories import a_lead, a_phone
from tests.leads.pipeline.made import on_the_board

# An undo begins the page anew; a busy machine takes its time.
RELOADED = 20_000


def stage_of(lead: Lead) -> str:
    return str(Lead.objects.select_related("stage").get(id=lead.id).stage.kind)


def test_person_is_found_by_the_last_four_digits_with_keys_alone(desk_in: Page) -> None:
    a_phone(a_lead("Somebody Else"), "+63 917 555 9999")
    dana = a_lead("Dana Whitfield")
    a_phone(dana, "+63 917 555 0142")
    desk_in.goto("/")
    desk_in.keyboard.press("/")
    desk_in.keyboard.type("0142")
    option = desk_in.get_by_role("option").first
    expect(option).to_contain_text("Dana Whitfield")
    expect(option).to_contain_text("phone ends in 0142")
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url(f"**/leads/{dana.id}/")


def test_two_are_merged_and_parted_with_keys_alone(desk_in: Page) -> None:
    pair = a_pair()
    desk_in.goto("/duplicates/")
    desk_in.get_by_role("link", name="Merge").focus()
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url("**/duplicates/merge/**")
    desk_in.get_by_role("radio", name=re.compile("English")).focus()
    desk_in.keyboard.press("Space")
    desk_in.get_by_role("button", name="Merge").focus()
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url("**/leads/**")
    expect(desk_in.get_by_text("2 became one")).to_be_visible()
    kept = Merge.objects.get().kept
    assert (kept.language, Lead.objects.present().count()) == ("English", 1)

    # Keys work once the page's scripts have run.
    desk_in.wait_for_load_state()
    desk_in.keyboard.press("z")
    expect(desk_in.get_by_text("Undone.")).to_be_visible(timeout=RELOADED)
    assert Lead.objects.present().filter(id__in=[pair.one_id, pair.other_id]).count() == 2


def test_card_is_carried_by_mouse_and_back_by_undo(desk_in: Page) -> None:
    dana = on_the_board("Dana Whitfield", stage="showing", score=86)
    on_the_board("Grace Tolentino", stage="offer", score=91)
    desk_in.goto("/pipeline/")
    desk_in.get_by_text("Dana Whitfield").hover()
    desk_in.mouse.down()
    lane = desk_in.locator('[data-name="Offer"]')
    lane.hover()
    expect(lane.locator(".slot")).to_have_text("Drop for Offer")
    desk_in.mouse.up()
    expect(lane.locator(".deal .name")).to_have_text(["Grace Tolentino", "Dana Whitfield"])
    expect(lane.locator(".count")).to_have_text("2")
    expect(desk_in.locator(".toast")).to_contain_text("Dana Whitfield moved to Offer.")
    assert stage_of(dana) == "offer"
    assert "/pipeline/" in desk_in.url

    desk_in.get_by_role("button", name="Undo").click()
    back = desk_in.locator('[data-name="Showing"] .deal .name')
    expect(back).to_have_text(["Dana Whitfield"], timeout=RELOADED)
    assert stage_of(dana) == "showing"


def test_card_is_carried_by_keys(desk_in: Page) -> None:
    dana = on_the_board("Dana Whitfield", stage="showing")
    desk_in.goto("/pipeline/")
    card = desk_in.locator(".deal")
    card.focus()
    desk_in.keyboard.press("Space")
    expect(desk_in.get_by_role("status").filter(has_text="lifted from Showing")).to_be_visible()
    desk_in.keyboard.press("ArrowRight")
    desk_in.keyboard.press("Escape")
    expect(desk_in.locator(".slot")).to_have_count(0)
    assert stage_of(dana) == "showing"

    desk_in.keyboard.press("Space")
    desk_in.keyboard.press("ArrowLeft")
    desk_in.keyboard.press("ArrowLeft")
    desk_in.keyboard.press("Space")
    expect(desk_in.locator('[data-name="Contacted"] .deal')).to_be_focused()
    assert stage_of(dana) == "contacted"
    assert axe_faults(desk_in) == []


def test_closing_by_keys_asks_for_the_deal(desk_in: Page) -> None:
    dana = on_the_board("Dana Whitfield", stage="reserved")
    desk_in.goto("/pipeline/")
    desk_in.locator(".deal").focus()
    for key in ("Space", "ArrowRight", "Space"):
        desk_in.keyboard.press(key)
    dialog = desk_in.get_by_role("dialog", name="Dana Whitfield: Closed")
    expect(dialog).to_be_visible()
    assert axe_faults(desk_in) == []
    price = dialog.get_by_label("Price, PHP")
    expect(price).to_have_value(re.compile("9850000"))
    price.fill("0")
    desk_in.keyboard.press("Enter")
    expect(dialog.locator(".errorlist")).to_be_visible()
    price = dialog.get_by_label("Price, PHP")
    price.fill("9500000")
    desk_in.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(desk_in.locator(".deal")).to_have_count(0)
    assert stage_of(dana) == "closed"
    assert str(Deal.objects.get().amount) == "9500000.00"


def test_card_is_moved_by_its_menu(phone_in: Page) -> None:
    dana = on_the_board("Dana Whitfield")
    phone_in.goto("/pipeline/")
    phone_in.get_by_role("button", name="Move Dana Whitfield").tap()
    dialog = phone_in.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert axe_faults(phone_in) == []
    dialog.get_by_role("button", name="Lost").tap()
    question = phone_in.get_by_role("dialog", name="Dana Whitfield: Lost")
    question.get_by_label("Never answered").check()
    question.get_by_role("button", name="Move to Lost").tap()
    expect(phone_in.locator(".deal")).to_have_count(0)
    assert stage_of(dana) == "lost"


def test_card_is_dragged_by_a_finger(phone_in: Page) -> None:
    """By its grip: elsewhere on the card a finger scrolls. Real touches, as the device sends."""
    dana = on_the_board("Dana Whitfield", stage="new")
    phone_in.goto("/pipeline/", wait_until="networkidle")
    grip = phone_in.locator(".deal [data-grip]").bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    touch = phone_in.context.new_cdp_session(phone_in)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": left, "y": top} for left, top in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    finger("touchStart", (x, y))
    for step in range(1, 6):
        finger("touchMove", (x + (380 - x) * step / 5, y))
    expect(phone_in.locator(".deal.lifted")).to_have_count(1)
    # At the edge the board moves on beneath the finger.
    lane = phone_in.locator('[data-name="Contacted"]')
    for step in range(60):
        finger("touchMove", (380 - step % 2, y))
        if lane.locator(".slot").count():
            break
    expect(lane.locator(".slot")).to_have_text("Drop for Contacted")
    finger("touchEnd")
    expect(lane.locator(".deal .name")).to_have_text(["Dana Whitfield"])
    assert stage_of(dana) == "contacted"


def test_board_is_filtered_and_added_to_by_keyboard(desk_in: Page) -> None:
    on_the_board("Dana Whitfield")
    on_the_board("Grace Tolentino", stage="offer")
    desk_in.goto("/pipeline/", wait_until="networkidle")
    desk_in.keyboard.press("f")
    dialog = desk_in.get_by_role("dialog", name="Filter")
    dialog.get_by_label("What").select_option(label="Name")
    dialog.get_by_label("Value").fill("grace")
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator(".deal .name")).to_have_text(["Grace Tolentino"])
    assert "grace" not in desk_in.url
    assert axe_faults(desk_in) == []
    desk_in.get_by_role("link", name="Add to Qualified").focus()
    desk_in.keyboard.press("Enter")
    expect(desk_in.get_by_role("dialog", name="Add a lead to Qualified")).to_be_visible()
    desk_in.keyboard.type("Grace Lim")
    desk_in.keyboard.press("Enter")
    lane = desk_in.locator('[data-name="Qualified"]')
    expect(lane.locator(".deal .name")).to_have_text(["Grace Lim"])
    expect(desk_in.locator(".filters")).to_contain_text("Name contains “grace”")


@pytest.mark.parametrize("count", [30])
def test_lane_goes_on_where_asked(desk_in: Page, count: int) -> None:
    for number in range(count):
        on_the_board(f"Lead {number}", score=number)
    assert Stage.objects.count() == 9
    desk_in.goto("/pipeline/")
    cards = desk_in.locator('[data-name="New"] .deal')
    expect(cards).to_have_count(10)
    desk_in.get_by_role("button", name="Show more in New").click()
    expect(cards).to_have_count(20)
    desk_in.get_by_role("button", name="Show more in New").click()
    expect(cards).to_have_count(30)
    expect(desk_in.get_by_role("button", name="Show more in New")).to_have_count(0)
