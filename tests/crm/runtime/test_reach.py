from __future__ import annotations

import pytest
from django.test import Client

from crm.runtime import reaching
from crm.runtime.knocking import Knock

OWN = ["localhost", "127.0.0.1", "[::1]"]


def words(settings, *, public: str, hosts: list[str]) -> list[tuple[str, str]]:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public, [*OWN, *hosts]
    return [(way.name, way.word) for way in reaching.found(port="8000").ways]


def test_private_machine_is_reached_from_itself_only(settings) -> None:
    assert words(settings, public="", hosts=[]) == [
        ("Your phone", "Not yet"),
        ("Passkeys", "Here only"),
        ("Programs with an API token", "Here only"),
        ("Push", "Here only"),
    ]
    assert reaching.found(port="8000").code is None


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("192.168.1.20", "http://192.168.1.20:8000"),
        ("[fd12::20]", "http://[fd12::20]:8000"),
        ("169.254.7.7", ""),
        ("8.8.8.8", ""),
        ("nuc", ""),
    ],
)
def test_network_finds_a_private_address(settings, host: str, near: str) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", [*OWN, host]
    assert reaching.found(port="8000").near == near


def test_public_address_comes_first(settings) -> None:
    public = "https://crm.example.com"
    assert words(settings, public=public, hosts=["10.0.0.4"]) == [
        ("Your phone", "Anywhere"),
        ("Passkeys", "Everywhere"),
        ("Programs with an API token", "Anywhere"),
        ("Push", "Anywhere"),
    ]
    assert reaching.found(port="8000").address == public


def test_public_address_without_https_takes_no_passkeys(settings) -> None:
    assert words(settings, public="http://crm.example.com", hosts=[])[1] == (
        "Passkeys",
        "Here only",
    )


def test_code_has_its_three_eyes_and_a_light_margin() -> None:
    made = reaching.code("http://192.168.1.20:8000")
    dark = set(made.path.removesuffix("z").split("z"))
    first, last = reaching.MARGIN, made.size - reaching.MARGIN - 1
    for x, y in ((first, first), (last, first), (first, last)):
        assert f"M{x} {y}h1v1h-1" in dark
    assert not any(f"M{n} 0h1v1h-1" in dark for n in range(made.size))
    assert reaching.code("http://192.168.1.21:8000") != made


def test_page_shows_the_code_of_its_address(signed_in: Client, settings) -> None:
    settings.PUBLIC_URL = "https://crm.example.com"
    page = signed_in.get("/settings/reach/").content.decode()
    assert "QR code of https://crm.example.com" in page
    assert reaching.code("https://crm.example.com").path in page
    settings.PUBLIC_URL = ""
    assert "QR code of" not in signed_in.get("/settings/reach/").content.decode()


def test_what_needs_the_address_does_not_work_while_it_leads_nowhere(settings) -> None:
    settings.PUBLIC_URL = "https://crm.example.com"
    found = reaching.found(port="8000", knock=Knock("bad", "No answer", "Nobody."))
    assert [(way.name, way.word) for way in found.ways] == [
        ("Your phone", "Not now"),
        ("Passkeys", "Not now"),
        ("Programs with an API token", "Not now"),
        ("Push", "Anywhere"),
    ]


@pytest.mark.parametrize(
    ("public", "hosts", "word"),
    [
        ("", [], "Here only"),
        ("", ["10.0.0.4"], "Not encrypted"),
        ("http://crm.example.com", [], "Not encrypted"),
        ("https://crm.example.com", [], "Anywhere"),
    ],
)
def test_senders_reach_us_as_far_as_the_address_does(settings, public, hosts, word) -> None:
    assert words(settings, public=public, hosts=hosts)[2] == ("Programs with an API token", word)


def test_each_thing_says_how_it_is_while_the_machine_sleeps(signed_in: Client) -> None:
    page = signed_in.get("/settings/reach/").content.decode()
    assert page.count("While the machine sleeps: ") == 4


def test_without_an_address_there_is_nothing_to_check(signed_in: Client, settings) -> None:
    settings.PUBLIC_URL = ""
    assert "Check from outside" not in signed_in.get("/settings/reach/").content.decode()
