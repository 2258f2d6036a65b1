from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone

from crm.models import Owner
from crm.owner import codes
from tests.conftest import PASSWORD

EMAIL = "carla@mendozahomes.example"
SECRET = "JBSWY3DPEHPK3PXP"


def try_password(client: Client, password: str = PASSWORD, email: str = EMAIL, **extra: Any) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password}, **extra)


def code_at(moment: float) -> str:
    return totp.format_hotp_value(totp.hotp_value(SECRET, int(moment) // 30))


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.fixture
def app(owner: Owner) -> Authenticator:
    return totp.TOTP.activate(owner, SECRET).instance


def test_password_opens_the_door(client: Client, owner: Owner) -> None:
    response = try_password(client)

    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)


def test_e_mail_may_be_typed_in_capitals(client: Client, owner: Owner) -> None:
    try_password(client, email=EMAIL.upper())

    assert is_in(client)


@pytest.mark.parametrize("email", [EMAIL, "stranger@example.com"])
def test_a_wrong_password_says_the_same_for_any_e_mail(
    client: Client, owner: Owner, email: str
) -> None:
    response = try_password(client, "wrong", email)

    assert response.context["form"].non_field_errors() == [
        "That e-mail and password do not belong together."
    ]
    assert not is_in(client)


def test_after_sign_in_one_comes_to_the_page_that_was_asked_for(
    client: Client, owner: Owner
) -> None:
    asked = client.get("/settings/security/")
    response = client.post(asked.url, {"login": EMAIL, "password": PASSWORD})

    assert response.url == "/settings/security/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_sign_in_never_leads_to_another_site(client: Client, owner: Owner, elsewhere: str) -> None:
    response = client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD, "next": elsewhere})

    assert response.url == "/"


def test_the_session_before_sign_in_is_worth_nothing_after_it(client: Client, owner: Owner) -> None:
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    planted = session.session_key

    try_password(client)

    assert client.session.session_key != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


def test_the_session_changes_again_after_the_second_step(
    client: Client, owner: Owner, app: Authenticator
) -> None:
    try_password(client)
    half_way = client.session.session_key

    client.post("/sign-in/code/", {"code": code_at(time.time())})

    assert is_in(client)
    assert client.session.session_key != half_way


def test_password_alone_does_not_pass_the_second_step(
    client: Client, owner: Owner, app: Authenticator
) -> None:
    response = try_password(client)

    assert response.url == "/sign-in/code/"
    assert not is_in(client)
    assert client.get("/admin/").status_code == 302


def test_code_without_the_password_does_nothing(
    client: Client, owner: Owner, app: Authenticator
) -> None:
    response = client.post("/sign-in/code/", {"code": code_at(time.time())})

    assert response.url == "/sign-in/"
    assert not is_in(client)


def test_a_code_works_once(client: Client, owner: Owner, app: Authenticator) -> None:
    code = code_at(time.time())
    try_password(client)
    client.post("/sign-in/code/", {"code": code})
    assert is_in(client)

    thief = Client()
    try_password(thief)
    response = thief.post("/sign-in/code/", {"code": code})

    assert response.context["form"].errors["code"] == [
        "That code is wrong, or was used before. Wait for the next one."
    ]
    assert not is_in(thief)


@pytest.mark.parametrize("later", [0, 29, 31, 59])
def test_a_used_code_is_refused_as_long_as_a_code_lives(
    owner: Owner, app: Authenticator, later: int
) -> None:
    start = 1_800_000_000.0
    with time_machine.travel(start, tick=False):
        assert codes.spend(app, code_at(start))
    with time_machine.travel(start + later, tick=False):
        assert not codes.spend(app, code_at(start))


def test_an_older_code_is_refused_after_a_newer_one(owner: Owner, app: Authenticator) -> None:
    start = 1_800_000_000.0
    with time_machine.travel(start, tick=False):
        assert codes.spend(app, code_at(start))
        assert not codes.spend(app, code_at(start - 30))
        assert codes.spend(app, code_at(start + 30))


@pytest.mark.parametrize(("away", "taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_half_a_minute_off_is_forgiven(
    owner: Owner, app: Authenticator, away: int, taken: bool
) -> None:
    start = 1_800_000_000.0
    with time_machine.travel(start, tick=False):
        assert codes.spend(app, code_at(start + away)) is taken


def test_a_recovery_code_works_once(client: Client, owner: Owner, app: Authenticator) -> None:
    code = RecoveryCodes.activate(owner).get_unused_codes()[3]
    try_password(client)
    client.post("/sign-in/code/", {"code": code})
    assert is_in(client)

    again = Client()
    try_password(again)
    again.post("/sign-in/code/", {"code": code})

    assert not is_in(again)


def test_ten_guesses_then_not_even_the_right_password(client: Client, owner: Owner) -> None:
    for _ in range(10):
        try_password(client, "wrong")

    response = try_password(client)

    assert "Too many tries" in response.context["form"].non_field_errors()[0]
    assert not is_in(client)


def test_after_ten_minutes_one_may_try_again(client: Client, owner: Owner) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            try_password(client, "wrong")
        clock.shift(599)
        try_password(client)
        assert not is_in(client)
        clock.shift(2)
        try_password(client)
        assert is_in(client)


def test_guesses_from_many_addresses_count_together(client: Client, owner: Owner) -> None:
    for number in range(10):
        try_password(Client(), "wrong", f"{number}@example.com", REMOTE_ADDR=f"10.0.0.{number}")

    try_password(client, REMOTE_ADDR="10.0.1.1")

    assert not is_in(client)


def test_strangers_cannot_lock_the_owner_out_of_a_known_browser(
    client: Client, owner: Owner
) -> None:
    try_password(client)
    client.post("/sign-out/")
    for _ in range(30):
        try_password(Client(), "wrong")

    try_password(client)

    assert is_in(client)


def test_a_known_browser_has_no_more_guesses_than_others(client: Client, owner: Owner) -> None:
    try_password(client)
    client.post("/sign-out/")
    for _ in range(10):
        try_password(client, "wrong")

    try_password(client)

    assert not is_in(client)


def test_a_made_up_known_browser_counts_with_the_others(client: Client, owner: Owner) -> None:
    for number in range(10):
        guesser = Client()
        guesser.cookies["porchlight_device"] = f"made-up-{number}"
        try_password(guesser, "wrong")

    try_password(client)

    assert not is_in(client)


def test_ten_guesses_of_the_code(client: Client, owner: Owner, app: Authenticator) -> None:
    try_password(client)
    for _ in range(10):
        client.post("/sign-in/code/", {"code": "000000"})

    client.post("/sign-in/code/", {"code": code_at(time.time())})

    assert not is_in(client)


def test_signing_in_does_not_wipe_the_count_of_guesses(client: Client, owner: Owner) -> None:
    for _ in range(9):
        try_password(Client(), "wrong")
    try_password(client)
    assert is_in(client)

    try_password(Client(), "wrong")
    late = Client()
    try_password(late)

    assert not is_in(late)


def test_kept_signed_in_or_not(client: Client, owner: Owner) -> None:
    try_password(client)
    assert client.session.get_expire_at_browser_close() is True

    other = Client()
    other.post("/sign-in/", {"login": EMAIL, "password": PASSWORD, "remember": "on"})
    assert other.session.get_expiry_age() == 30 * 24 * 3600


def test_sign_out_ends_the_session_for_good(client: Client, owner: Owner) -> None:
    try_password(client)
    key = client.session.session_key

    client.post("/sign-out/")

    client.cookies["sessionid"] = key
    assert not is_in(client)


def test_sign_out_wants_a_post(signed_in: Client) -> None:
    signed_in.get("/sign-out/")

    assert is_in(signed_in)


def test_admin_goes_through_the_same_door(client: Client, owner: Owner) -> None:
    login = client.get("/admin/login/")

    assert login.url == "/sign-in/?next=%2Fadmin%2Flogin%2F"
    assert client.post("/admin/login/", {"username": EMAIL, "password": PASSWORD}).url == login.url
    assert not is_in(client)


def test_nobody_signs_up(client: Client, db: None) -> None:
    for path in ["/accounts/signup/", "/signup/", "/sign-up/", "/accounts/login/"]:
        assert client.post(path).status_code in {302, 404}
    assert not Owner.objects.exists()


def test_a_fragment_after_the_session_ended_leads_to_sign_in_and_back(
    client: Client, owner: Owner
) -> None:
    response = client.get(
        "/settings/tokens/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/settings/security/?a=b",
    )

    assert (response.status_code, response.headers["HX-Redirect"]) == (
        200,
        "/sign-in/?next=%2Fsettings%2Fsecurity%2F%3Fa%3Db",
    )
