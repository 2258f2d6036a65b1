from __future__ import annotations

import base64
import json

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from crm.models import Preferences
from crm.shell import banners
from crm.shell.banners import Banner
from crm.shell.palette import Action, Hit, register_action, register_source, search
from crm.shell.toasts import flash, toast


def test_theme_is_drawn_by_the_server_on_the_next_page(signed_in: Client) -> None:
    signed_in.post("/theme/", {"theme": "dark", "next": "/"})
    assert '<html lang="en" data-theme="dark">' in signed_in.get("/").content.decode()


def test_theme_that_does_not_exist_becomes_the_systems(signed_in: Client) -> None:
    signed_in.post("/theme/", {"theme": '"><script>'})
    assert '<html lang="en">' in signed_in.get("/").content.decode()


@pytest.mark.parametrize("text", ["x" * 25_000, "\N{PILE OF POO}" * 3000])
def test_a_flood_typed_into_the_search_is_looked_for_by_its_beginning(
    signed_in: Client, text: str
) -> None:
    led = signed_in.post("/search/", {"q": text})
    assert led.status_code == 302
    assert signed_in.get(led.headers["Location"]).context["text"] == text[:300]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "24:00",
        "today",
        "http://[",
        "/" + "x" * 3000,
    ],
)
def test_theme_leads_back_to_this_house_only(client: Client, target: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": target}).headers["Location"] == "/"


def test_theme_by_htmx_tells_the_page_instead_of_reloading(client: Client) -> None:
    response = client.post("/theme/", {"theme": "light"}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert json.loads(response.headers["HX-Trigger"]) == {"theme": {"theme": "light"}}


def test_search_carries_what_was_typed_sealed_in_its_address(signed_in: Client) -> None:
    answer = signed_in.post("/search/", {"q": "Preferences"})
    address = answer.headers["Location"]
    carried = address.partition("?for=")[2]
    assert b"references" not in carried.encode() + base64.urlsafe_b64decode(carried + "==")
    page = signed_in.get(address).content.decode()
    assert 'value="Preferences"' in page
    assert "<mark>Preferences</mark>" in page
    assert signed_in.post("/search/", {"q": "Preferences"}).headers["Location"] == address
    assert 'value=""' in signed_in.get("/search/?for=x" + carried).content.decode()


def test_search_by_htmx_gives_the_results_alone(signed_in: Client) -> None:
    fragment = signed_in.post(
        "/search/", {"q": "sett"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in fragment
    assert "<mark>Sett</mark>ings" in fragment


def test_search_escapes_what_was_typed(signed_in: Client) -> None:
    page = signed_in.post(
        "/search/", {"q": "<b>x</b>"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


def test_palette_asks_the_rooms_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.shell.palette._sources", {})
    register_source("People", lambda text, limit: [Hit(f"{text} {limit}", "/people/1/")])
    # One more than is shown, to know whether there are more.
    first = search("today")[0]
    assert (first.name, first.hits[0].text) == ("People", "today 7")


def test_palette_after_an_arrow_shows_commands_only() -> None:
    assert {group.name for group in search(">")} == {"Do"}


def test_palette_puts_the_named_before_the_merely_related(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.shell.palette._actions", {})
    monkeypatch.setattr("crm.shell.palette._sources", {})
    register_action(Action("Dark theme", lambda: "/theme/", "moon", post={"theme": "dark"}))
    assert search("dark")[0].name == "Do"


def test_toast_rides_on_the_answer() -> None:
    response = toast(HttpResponse(), "Done.", undo_url="/undo/1/")
    expected = {"toast": {"text": "Done.", "tone": "good", "undo": "/undo/1/"}}
    assert json.loads(response.headers["HX-Trigger"]) == expected


def test_flash_waits_for_the_next_page(signed_in: Client) -> None:
    request = signed_in.get("/").wsgi_request
    flash(request, "Saved.")
    assert "<span>Saved.</span>" in render_to_string("components/_toasts.html", request=request)


def test_flash_carries_its_way_back(rf: RequestFactory, signed_in: Client) -> None:
    request = signed_in.get("/").wsgi_request
    flash(request, "Merged.", undo_url="/undo/1/")
    assert [message.extra_tags for message in get_messages(request)] == ["/undo/1/"]


def test_banner_stands_on_every_page(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        banners, "_sources", {"worker": lambda: Banner("The worker is not running.")}
    )
    for address in ("/", "/settings/preferences/"):
        assert "The worker is not running." in signed_in.get(address).content.decode()


def test_single_keys_can_be_switched_off(signed_in: Client) -> None:
    Preferences.objects.update(single_keys=False)
    assert " data-keys" not in signed_in.get("/").content.decode()


def test_missing_page_says_so_in_plain_words(signed_in: Client) -> None:
    response = signed_in.get("/nowhere/")
    assert response.status_code == 404
    assert "There is no page here" in response.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_page_needs_neither_request_nor_database(name: str) -> None:
    assert "Go to Today" in render_to_string(f"{name}.html")


def test_component_attributes_escape_data() -> None:
    template = engines["django"].from_string(
        '{% cotton badge data-x="{{ x }}" %}{{ x }}{% endcotton %}'
    )
    shown = template.render({"x": '"><script>alert(1)</script>'})
    assert "<script" not in shown


def test_settings_lead_to_the_first_of_them(signed_in: Client) -> None:
    assert signed_in.get(reverse("settings")).status_code == 302
