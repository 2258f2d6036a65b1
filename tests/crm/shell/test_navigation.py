from __future__ import annotations

import pytest
from django.test import Client

from crm.shell import glance, navigation
from crm.shell.glance import Glance
from crm.shell.navigation import Page, entries


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_pages", {})


def test_register_orders_pages_by_order_then_name(registry: None) -> None:
    for page in (
        Page("B", "theme", "x"),
        Page("A", "palette", "x"),
        Page("C", "settings", "x", order=1),
    ):
        navigation.register(page)
    assert [page.name for page in navigation.pages("main")] == ["C", "A", "B"]


def test_register_refuses_a_key_that_is_taken(registry: None) -> None:
    navigation.register(Page("A", "palette", "x", key="T"))
    with pytest.raises(ValueError, match="The key T"):
        navigation.register(Page("B", "theme", "x", key="T"))


def test_entries_mark_the_longest_address_that_holds_the_path(registry: None) -> None:
    navigation.register(Page("Today", "today:today", "sun"))
    navigation.register(Page("Settings", "settings", "x"))
    current = [
        entry.page.name
        for entry in entries("main", "/settings/preferences/", Glance())
        if entry.current
    ]
    assert current == ["Settings"]


def test_groups_keep_the_order_of_their_first_entries(registry: None) -> None:
    for order, url_name, group in ((1, "health", "B"), (2, "stuck", "A"), (3, "backups", "B")):
        navigation.register(Page(url_name, url_name, "x", "settings", order=order, group=group))
    found = navigation.grouped(entries("settings", "/", Glance()))
    assert [(group, [entry.page.name for entry in under]) for group, under in found] == [
        ("B", ["health", "backups"]),
        ("A", ["stuck"]),
    ]


def test_every_setting_stands_in_a_group() -> None:
    assert [page.name for page in navigation.pages("settings") if not page.group] == []


def test_entries_do_not_mark_today_on_other_pages(registry: None) -> None:
    navigation.register(Page("Today", "today:today", "sun"))
    assert [entry.current for entry in entries("main", "/search/", Glance())] == [False]


def test_every_entry_opens_its_page(signed_in: Client) -> None:
    for page in navigation.pages():
        assert signed_in.get(page.url, follow=True).status_code == 200, page.name


def test_frame_shows_the_count_of_a_page(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(glance._questions, "doors", "SELECT 9")
    counted = Page("Today", "today:today", "sun", order=10, count="doors")
    monkeypatch.setitem(navigation._pages, "today:today", counted)
    assert 'aria-label="Today, 9"' in signed_in.get("/search/").content.decode()
