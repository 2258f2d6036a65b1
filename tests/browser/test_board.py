"""The board under a filter that takes long to count: its cards come first, then its counts."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from crm.lists.tree import Condition, Group, to_address
from leads.pipeline import lanes
from tests.browser.watching import axe_faults
from tests.leads.pipeline.made import on_the_board


def test_counts_come_by_themselves_and_are_asked_for_once(
    desk_in: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_board("Dana Whitfield")
    on_the_board("Kim Reyes")
    # No time at all for them, beside the cards.
    monkeypatch.setattr(lanes, "QUICK_MS", 1)
    asked: list[str] = []
    desk_in.on("request", lambda request: asked.append(request.url))
    q = to_address(Group(parts=(Condition("name", "has", ("dana",)),)))
    counted = lanes.chosen.counted

    def slowly(*told: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        return counted(*told)

    monkeypatch.setattr(lanes.chosen, "counted", slowly)
    desk_in.goto(f"/pipeline/?{urlencode({'q': q})}", wait_until="networkidle")

    expect(desk_in.locator(".deal")).to_have_count(1)
    expect(desk_in.locator("#board-sums")).to_contain_text("₱9.85M open")
    expect(desk_in.locator(".lane .count").first).to_have_text("1")
    assert sum("/pipeline/counts/" in url for url in asked) == 1
    assert axe_faults(desk_in) == []
