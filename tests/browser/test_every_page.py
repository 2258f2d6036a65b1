"""Each page in both themes, at the desk and at 390 px: axe, policy, console, sideways scrolling."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.watching import (
    CONTRAST_ONLY,
    axe_faults,
    become_phone,
    lasting_faults,
    overflow,
    settle,
    show_theme,
)
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
    page = (
        request.getfixturevalue("desk").page
        if route.signed_out
        else request.getfixturevalue("desk_in")
    )
    # Only now: the owner comes with the page.
    answer = page.goto(address(name, route))
    assert answer is not None
    assert answer.status == 200
    look(page, name, "1440")
    become_phone(page)
    look(page, name, "390")


def look(page: Page, name: str, width: str) -> None:
    show_theme(page, "light")
    settle(page)
    keep_picture(page, name, width)
    assert axe_faults(page) == [], f"{width} light"
    assert overflow(page) <= 0, f"{width} px scrolls sideways"
    show_theme(page, "dark")
    keep_picture(page, name, f"{width}-dark")
    assert lasting_faults(page, CONTRAST_ONLY) == [], f"{width} dark"
