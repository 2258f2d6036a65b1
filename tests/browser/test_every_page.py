"""Each page in both themes, at the desk and at 390 px: axe, policy, console, sideways scrolling."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.watching import CONTRAST_ONLY, axe_faults, lasting_faults, overflow, show_theme
from tests.routes import ROUTES, Route

PAGES = sorted(name for name, route in ROUTES.items() if route.page)
# Set it to a folder to keep a picture of every page, theme and width.
SHOTS = os.environ.get("SHOTS", "")


def address(name: str, route: Route) -> str:
    if route.ready:
        route.ready()
    return reverse(name, kwargs=route.kwargs()) + route.query


def keep_picture(page: Page, name: str, suffix: str) -> None:
    if SHOTS:
        file = re.sub(r"\W+", "-", name)
        page.screenshot(
            path=Path(SHOTS) / f"{file}-{suffix}.png", full_page=suffix.startswith("390")
        )


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_made(name: str, request: pytest.FixtureRequest) -> None:
    route = ROUTES[name]
    suffix = "" if route.signed_out else "_in"
    where = ""
    for width in ("desk", "phone"):
        page = request.getfixturevalue(width + suffix)
        page = page if suffix else page.page
        # Once for both widths, and only now: the owner comes with the page.
        where = where or address(name, route)
        answer = page.goto(where, wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200
        label = "1440" if width == "desk" else "390"
        keep_picture(page, name, label)
        assert axe_faults(page) == [], f"{label} light"
        assert overflow(page) <= 0, f"{label} px scrolls sideways"
        show_theme(page, "dark")
        keep_picture(page, name, f"{label}-dark")
        assert lasting_faults(page, CONTRAST_ONLY) == [], f"{label} dark"
