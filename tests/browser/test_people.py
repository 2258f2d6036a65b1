"""A person is added, moved, revealed and edited as one does it: in the page, by keyboard."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, expect

from crm.models import SecurityEvent
from leads.models import Lead, Stage
from leads.people import services
from tests.browser.watching import axe_faults
from tests.leads.factories import a_lead, a_listing, a_note
from tests.leads.people.making import dana

# Thousandths of a second a key: somebody who types well.
KEY = 80


def open_lead(page: Page, lead: Lead) -> None:
    page.goto(f"/leads/{lead.id}/")


def test_a_lead_is_added_with_the_keyboard_alone_in_under_10_seconds(desk_in: Page) -> None:
    desk_in.goto("/", wait_until="networkidle")
    begun = time.monotonic()
    desk_in.keyboard.press("n")
    expect(desk_in.get_by_label("Name")).to_be_focused()
    desk_in.keyboard.type("Maria Clara Santos", delay=KEY)
    desk_in.keyboard.press("Tab")
    desk_in.keyboard.type("0917 555 0142", delay=KEY)
    for _ in range(3):
        desk_in.keyboard.press("Tab")
    desk_in.keyboard.type("condo, up to 6M", delay=KEY)
    expect(desk_in.locator("#add-hints")).to_contain_text("Understood: up to ₱6M, condo")
    desk_in.keyboard.press("Enter")
    desk_in.wait_for_url(re.compile(r"/leads/[0-9a-f-]{36}/$"))
    expect(desk_in.get_by_role("heading", level=1)).to_have_text("Maria Clara Santos")
    took = time.monotonic() - begun
    print(f"From N to the person's page: {took:.1f} s")
    assert took < 10
    assert Lead.objects.get().contact_points.get().value == "+63 917 555 0142"


def test_what_is_wrong_is_said_in_the_dialog(desk_in: Page) -> None:
    desk_in.goto("/")
    desk_in.keyboard.press("n")
    desk_in.get_by_label("Name").fill("Ana")
    desk_in.get_by_label("Phone or e-mail").fill("12")
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator("#ask .errorlist")).to_contain_text("too short or too long")
    assert axe_faults(desk_in) == []
    expect(desk_in.get_by_label("Name")).to_have_value("Ana")
    expect(desk_in.get_by_label("Phone or e-mail")).to_be_focused()


def test_the_eye_reveals_copies_and_hides(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    # Not in pieces: ids and tokens have such figures by chance.
    assert "555-0142" not in desk_in.content()
    desk_in.get_by_role("button", name="Reveal Phone").click()
    expect(desk_in.locator("#panel-contact")).to_contain_text("+1 512-555-0142")
    assert SecurityEvent.objects.filter(kind="reveal", subject=lead.id).count() == 1
    desk_in.get_by_role("button", name="Hide Phone").click()
    expect(desk_in.locator("#panel-contact")).not_to_contain_text("0142")


def test_c_reveals_keeps_it_and_dials(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    desk_in.evaluate(
        "document.addEventListener('begin', (e) => {"
        " window.dialled = e.detail.address; e.stopImmediatePropagation(); }, true)"
    )
    with desk_in.expect_response("**/call/"):
        desk_in.keyboard.press("c")
    desk_in.wait_for_function("window.dialled === 'tel:+15125550142'")
    assert SecurityEvent.objects.filter(kind="reveal", subject=lead.id).count() == 1


def test_a_panel_is_edited_where_it_stands_and_taken_back(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    desk_in.get_by_role("link", name="Edit: Looks for").click()
    desk_in.get_by_label("Budget up to").fill("15M")
    assert axe_faults(desk_in) == []
    desk_in.get_by_role("button", name="Save", exact=True).click()
    expect(desk_in.locator("#panel-wants")).to_contain_text("₱8–15M")
    desk_in.get_by_role("button", name="Undo").click()
    expect(desk_in.locator("#panel-wants")).to_contain_text("₱8–12M")


def test_two_tabs_show_each_other_what_they_typed(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    desk_in.get_by_role("link", name="Edit: Looks for").click()
    desk_in.get_by_label("Bedrooms, at least").fill("5")
    services.change_lead(lead=lead, values={"bedrooms_min": 4})
    desk_in.get_by_role("button", name="Save", exact=True).click()
    panel = desk_in.locator("#panel-wants")
    expect(panel).to_contain_text("Meanwhile set to “4” elsewhere")
    expect(desk_in.get_by_label("Bedrooms, at least")).to_have_value("5")
    desk_in.get_by_role("button", name="Save", exact=True).click()
    expect(panel).to_contain_text("5+ bedrooms")


def test_a_stage_is_moved_by_keyboard_and_closed_asks_for_the_deal(desk_in: Page) -> None:
    lead = dana()
    lead.deals.all().delete()
    open_lead(desk_in, lead)
    desk_in.get_by_role("button", name="Closed").focus()
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator("#ask")).to_be_visible()
    expect(desk_in.get_by_label("Price")).to_have_value("12,000,000")
    desk_in.get_by_role("button", name="Note the deal").click()
    expect(desk_in.locator("#panel-deals")).to_contain_text("₱12M")
    lead.refresh_from_db()
    assert lead.stage == Stage.objects.first_of("closed")


def test_lost_asks_why_in_a_dialog(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    desk_in.get_by_role("button", name="More", exact=True).first.click()
    desk_in.get_by_role("link", name="Move to Lost").click()
    desk_in.get_by_label("Changed plans").check()
    desk_in.get_by_role("button", name="Move to Lost").click()
    expect(desk_in.locator(".lead-head")).to_contain_text("Lost: changed plans")


def test_somebody_is_picked_while_one_types(desk_in: Page) -> None:
    lead = dana()
    open_lead(desk_in, lead)
    desk_in.get_by_role("link", name="Add somebody who belongs to them").click()
    desk_in.get_by_label("Who", exact=True).press_sequentially("aile")
    expect(desk_in.get_by_label("Aileen Santos")).to_be_checked()
    desk_in.get_by_label("Is their").select_option("friend")
    desk_in.get_by_role("button", name="Save", exact=True).click()
    expect(desk_in.locator("#panel-bonds")).to_contain_text("Aileen Santos friend")


def middle(row: Locator, lower: float) -> tuple[float, float]:
    box = row.bounding_box()
    assert box is not None
    return box["x"] + 40, box["y"] + box["height"] / 2 + lower


def drag(page: Page, row: Locator, below: Locator) -> None:
    row.locator(".grip").hover()
    page.mouse.down()
    page.mouse.move(*middle(row, 6), steps=3)
    expect(page.locator(".names .lifted")).to_have_count(1)
    box = below.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 4, steps=8)
    page.mouse.move(box["x"] + 44, box["y"] + box["height"] - 6, steps=2)
    # Let go only once the page has heard of it.
    expect(page.locator(".names > li").nth(2)).to_have_class("lifted")
    page.mouse.up()


def test_stages_are_put_in_order_by_keyboard_and_by_drag(desk_in: Page) -> None:
    desk_in.goto("/settings/stages/")
    names = desk_in.locator(".names b")
    desk_in.get_by_role("button", name="Move Contacted up").focus()
    desk_in.keyboard.press("Enter")
    expect(names.first).to_have_text("Contacted")
    rows = desk_in.locator(".names > li")
    with desk_in.expect_response("**/move/"):
        drag(desk_in, rows.nth(0), rows.nth(2))
    expect(names.nth(2)).to_have_text("Contacted")
    desk_in.reload()
    expect(names.nth(2)).to_have_text("Contacted")


def test_j_and_k_go_from_person_to_person_of_the_list(desk_in: Page) -> None:
    for number in range(3):
        lead = a_lead(f"Person {number}")
        Lead.objects.filter(id=lead.id).update(score=10 * number)
    desk_in.goto("/leads/", wait_until="networkidle")
    desk_in.keyboard.press("j")
    desk_in.keyboard.press("Enter")
    heading = desk_in.get_by_role("heading", level=1)
    expect(heading).to_have_text("Person 1")
    expect(desk_in.locator(".walk")).to_contain_text("2 of 3")
    assert axe_faults(desk_in) == []
    # What is done on the page keeps the way.
    desk_in.get_by_role("button", name="Contacted").click()
    expect(desk_in.locator(".toast")).to_contain_text("Moved to Contacted")
    desk_in.wait_for_load_state("networkidle")
    desk_in.keyboard.press("j")
    expect(heading).to_have_text("Person 0")
    expect(desk_in.locator(".walk")).to_contain_text("3 of 3")
    desk_in.wait_for_load_state("networkidle")
    desk_in.keyboard.press("k")
    expect(heading).to_have_text("Person 1")


def test_a_home_is_offered_while_one_types(desk_in: Page) -> None:
    lead = a_lead("Dana Whitfield")
    a_listing("12 Acacia Lane", address="Lahug")
    a_listing("Maple Row")
    desk_in.goto(f"/leads/{lead.id}/deals/", wait_until="networkidle")
    home = desk_in.get_by_label("Home", exact=False)
    home.press_sequentially("aca")
    offered = desk_in.locator("datalist[id$=listing-found] option")
    expect(offered).to_have_count(1)
    assert offered.get_attribute("value") == "12 Acacia Lane · Lahug"
    home.fill("12 acacia lane · lahug")
    desk_in.get_by_label("Price").fill("9M")
    desk_in.get_by_role("button", name="Note the deal").click()
    expect(desk_in.locator("#panel-deals")).to_contain_text("12 Acacia Lane")


def test_private_notes_are_reached_beside_a_timeline_without_end(desk_in: Page) -> None:
    lead = dana()
    for number in range(40):
        a_note(lead, f"Note {number}")
    open_lead(desk_in, lead)
    desk_in.set_viewport_size({"width": 1440, "height": 500})
    desk_in.evaluate("scrollTo(0, 900)")
    desk_in.locator(".lead-grid > :first-child").hover()
    desk_in.mouse.wheel(0, 3000)
    expect(desk_in.locator("#panel-about")).to_be_in_viewport(ratio=1)
    assert desk_in.evaluate("scrollY") < 1200
