from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from crm.models import ApiToken, Owner, Preferences
from crm.owner import choices

PAGE = "/settings/preferences/"


def shown(client: Client) -> dict[str, Any]:
    """The form as a tab holds it: each field, and beside it what the page showed."""
    form = client.get(PAGE).context["form"]
    values: dict[str, Any] = {}
    for field in form:
        value = field.value()
        text = "" if value is None else str(value)
        values[field.html_name] = values[field.html_initial_name] = text
    return values


def test_preferences_start_from_the_first_run(signed_in: Client) -> None:
    form = shown(signed_in)

    assert (form["name"], form["zone"], form["currency"]) == (
        "Carla Mendoza",
        "Asia/Manila",
        "PHP",
    )


def test_what_is_changed_is_saved_and_nothing_else(signed_in: Client, owner: Owner) -> None:
    before = Preferences.objects.values().get()
    typed = shown(signed_in) | {"zone": "Europe/Madrid", "goal_commission": "150000"}

    response = signed_in.post(PAGE, typed)

    assert response.url == PAGE
    assert Preferences.objects.values().get() == before | {
        "zone": "Europe/Madrid",
        "goal_commission": Decimal(150000),
    }


def test_name_is_the_owners(signed_in: Client, owner: Owner) -> None:
    signed_in.post(PAGE, shown(signed_in) | {"name": "Carla M. Reyes"})

    owner.refresh_from_db()
    assert owner.name == "Carla M. Reyes"


def test_the_look_is_saved_and_shown_before_sign_in_too(signed_in: Client) -> None:
    typed = shown(signed_in) | {"theme": "dark"}
    del typed["single_keys"]

    signed_in.post(PAGE, typed)

    assert Preferences.objects.values_list("theme", "single_keys").get() == ("dark", False)
    signed_in.post("/sign-out/")
    assert 'data-theme="dark"' in signed_in.get("/sign-in/").content.decode()


def test_a_theme_chosen_in_the_sidebar_meanwhile_stays(signed_in: Client) -> None:
    typed = shown(signed_in) | {"currency": "EUR"}
    signed_in.post("/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})

    signed_in.post(PAGE, typed)

    assert Preferences.objects.get().theme == "dark"


def test_two_tabs_on_different_things_both_keep_theirs(signed_in: Client) -> None:
    first, second = shown(signed_in), shown(signed_in)

    signed_in.post(PAGE, first | {"currency": "EUR"})
    signed_in.post(PAGE, second | {"phone_region": "ES"})

    assert Preferences.objects.values_list("currency", "phone_region").get() == ("EUR", "ES")


def test_the_second_tab_sees_what_the_first_changed(signed_in: Client) -> None:
    first, second = shown(signed_in), shown(signed_in)
    signed_in.post(PAGE, first | {"currency": "EUR"})

    response = signed_in.post(PAGE, second | {"currency": "USD"})

    assert response.context["form"].errors == {
        "currency": ["Meanwhile set to EUR elsewhere. Save again to use yours."]
    }
    assert Preferences.objects.get().currency == "EUR"


def test_saving_again_uses_the_second_tabs(signed_in: Client) -> None:
    first, second = shown(signed_in), shown(signed_in)
    signed_in.post(PAGE, first | {"working_hours_start": "08:30"})
    page = signed_in.post(PAGE, second | {"working_hours_start": "10:00"})
    sent_again = {
        name: value
        for field in page.context["form"]
        for name, value in [
            (field.html_name, field.value()),
            (field.html_initial_name, page.context["form"].data[field.html_initial_name]),
        ]
    }

    signed_in.post(PAGE, {name: value or "" for name, value in sent_again.items()})

    assert Preferences.objects.get().working_hours_start == datetime.time(10)


def test_both_tabs_saying_the_same_is_no_conflict(signed_in: Client) -> None:
    first, second = shown(signed_in), shown(signed_in)
    signed_in.post(PAGE, first | {"currency": "EUR"})

    assert signed_in.post(PAGE, second | {"currency": "EUR"}).url == PAGE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Nowhere/Here"),
        ("currency", "XXX"),
        ("phone_region", "ZZ"),
        ("commission_percent", "101"),
        ("goal_answered_percent", "101"),
        ("goal_commission", "-1"),
        ("working_hours_end", "08:00"),
        ("name", ""),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    signed_in: Client, field: str, value: str
) -> None:
    response = signed_in.post(PAGE, shown(signed_in) | {field: value})

    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"working_hours_end": datetime.time(9)}, "working_hours_end_after_they_start"),
        ({"commission_percent": 101}, "commission_is_a_share"),
        ({"goal_answered_percent": 101}, "answered_goal_is_a_share"),
        ({"goal_commission": -1}, "commission_goal_is_not_negative"),
        ({"theme": "neon"}, "theme_is_known"),
    ],
)
def test_the_database_refuses_it_too(owner: Owner, values: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Preferences.objects.update(**values)


def test_times_are_shown_in_the_owners_zone(signed_in: Client, owner: Owner) -> None:
    Preferences.objects.update(zone="Pacific/Kiritimati")
    ApiToken.objects.create(
        name="Website",
        digest=b"0" * 32,
        hint="abcd",
        scopes=["health:read"],
        expires_at=datetime.datetime(2030, 12, 31, 12, tzinfo=datetime.UTC),
    )

    # At noon in UTC it is the next year already on Kiritimati.
    assert b"1 January 2031" in signed_in.get("/settings/tokens/").content


def test_a_page_asks_for_owner_and_preferences_at_once(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    signed_in.get(reverse("api_tokens"))

    # Session, owner with preferences, tokens; what the frame shows, at once.
    with django_assert_num_queries(4):
        signed_in.get(reverse("api_tokens"))


def test_every_zone_offered_knows_its_offset_and_most_know_their_land() -> None:
    zones = choices.zones()

    assert zones["Asia/Manila"] == choices.Zone("Asia/Manila", "PH", "PHP")
    assert zones["America/New_York"] == choices.Zone("America/New_York", "US", "USD")
    assert len(zones) > 300


def test_every_currency_and_region_guessed_is_on_offer() -> None:
    currencies = {code for code, _ in choices.currencies()} | {""}
    regions = {code for code, _ in choices.regions()} | {""}

    assert {zone.currency for zone in choices.zones().values()} - currencies == set()
    assert {zone.region for zone in choices.zones().values()} - regions == set()
