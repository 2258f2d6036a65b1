from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from crm.models import Owner
from tests.browser.watching import CONTRAST_ONLY, axe_faults, overflow

PAGES = ["admin:index", "admin:crm_owner_changelist"]


@pytest.fixture(autouse=True)
def in_charge(owner: Owner) -> None:
    Owner.objects.update(is_superuser=True)


@pytest.mark.parametrize("name", PAGES)
def test_admin_page_is_well_made(desk_in: Page, phone_in: Page, name: str) -> None:
    for page in (desk_in, phone_in):
        answer = page.goto(reverse(name), wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200
        assert axe_faults(page) == []
        assert overflow(page) <= 0


def test_admin_record_is_well_made_in_the_dark(desk_in: Page) -> None:
    desk_in.emulate_media(color_scheme="dark")
    desk_in.goto(reverse("admin:crm_owner_change", args=[Owner.objects.get().pk]))
    assert axe_faults(desk_in, CONTRAST_ONLY) == []
    assert (
        desk_in.locator("body")
        .evaluate("body => getComputedStyle(body).fontFamily")
        .startswith('"Hanken Grotesk"')
    )
