"""Tags and areas by keys alone: looked for, ticked, made; on a desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from leads.models import Tag
from leads.people import services
from properties.models import Area
from tests.browser.watching import axe_faults, overflow
from tests.leads.factories import a_lead

SHOTS = os.environ.get("SHOTS", "")


def picture(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"picking-{name}.png")


def many_tags() -> None:
    Tag.objects.bulk_create(Tag(name=f"Tag {number:03}") for number in range(60))
    Tag.objects.create(name="Viewing")


def test_ticked_people_are_tagged_by_keys(desk_in: Page) -> None:
    many_tags()
    lead = a_lead("Ana Cruz")
    desk_in.goto("/leads/", wait_until="networkidle")
    desk_in.keyboard.press("x")
    desk_in.get_by_role("toolbar").get_by_role("button", name="Tag", exact=True).press("Enter")
    dialog = desk_in.get_by_role("dialog", name="Tag")
    expect(dialog.get_by_role("searchbox", name="Tags")).to_be_focused()
    desk_in.keyboard.type("view")
    expect(dialog.get_by_label("New: view")).to_be_attached()
    desk_in.keyboard.press("Tab")
    expect(dialog.get_by_label("Viewing")).to_be_focused()
    desk_in.keyboard.press("Space")
    assert axe_faults(desk_in) == []
    picture(desk_in, "bulk")
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator(".toasts")).to_contain_text("1 person tagged Viewing.")
    assert [tag.name for tag in lead.tags.all()] == ["Viewing"]


def test_a_new_tag_is_made_by_typing_it(desk_in: Page) -> None:
    lead = a_lead("Ana Cruz")
    desk_in.goto("/leads/", wait_until="networkidle")
    desk_in.keyboard.press("x")
    desk_in.get_by_role("toolbar").get_by_role("button", name="Tag", exact=True).press("Enter")
    expect(desk_in.get_by_role("searchbox", name="Tags")).to_be_focused()
    desk_in.keyboard.type("From abroad")
    desk_in.keyboard.press("Enter")
    expect(desk_in.locator(".toasts")).to_contain_text("1 person tagged From abroad.")
    assert [tag.name for tag in lead.tags.all()] == ["From abroad"]


def test_areas_of_a_person_are_chosen_on_a_phone(phone_in: Page) -> None:
    for number in range(60):
        Area.objects.create(name=f"Area {number:03}", city="Cebu City")
    Area.objects.create(name="Peñafrancia", city="Naga")
    lead = a_lead("Ana Cruz")
    services.change_lead(lead=lead, values={"areas": [Area.objects.get(name="Area 001")]})
    phone_in.goto(f"/leads/{lead.id}/")
    phone_in.get_by_role("link", name="Edit: Looks for").click()
    panel = phone_in.locator("#panel-wants")
    panel.get_by_role("searchbox", name="Areas").fill("penaf")
    panel.get_by_text("Peñafrancia, Naga").click()
    assert overflow(phone_in) <= 0
    assert axe_faults(phone_in) == []
    picture(phone_in, "phone")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(phone_in.locator(".toasts")).to_contain_text("Saved")
    assert [area.name for area in lead.areas.all()] == ["Area 001", "Peñafrancia"]
