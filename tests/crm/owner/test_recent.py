from __future__ import annotations

import time

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.models import ApiToken, Owner
from tests.conftest import PASSWORD, sign_in

AGAIN = "/sign-in/again/?next="
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/settings/tokens/?a=b"}
TOKEN = {"name": "Website", "scopes": ["health:read"], "days": "90"}
GUARDED = [
    "change_email",
    "account_change_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "make_token",
]


@pytest.mark.parametrize("name", GUARDED)
def test_changes_to_the_door_ask_again(signed_in_an_hour_ago: Client, name: str) -> None:
    path = reverse(name)

    response = signed_in_an_hour_ago.get(path)

    assert response.status_code == 302
    assert response.url == AGAIN + path.replace("/", "%2F")


@pytest.mark.parametrize(("ago", "asked"), [(0, False), (290, False), (301, True), (-60, True)])
def test_a_sign_in_counts_for_five_minutes(
    client: Client, owner: Owner, ago: int, asked: bool
) -> None:
    sign_in(client, owner, seconds_ago=ago)

    assert (client.get(reverse("change_email")).status_code == 302) is asked


def test_password_leads_back_to_the_page(signed_in_an_hour_ago: Client) -> None:
    asked = signed_in_an_hour_ago.get(reverse("change_email"))

    response = signed_in_an_hour_ago.post(
        asked.url, {"password": PASSWORD, "next": reverse("change_email")}
    )

    assert response.url == reverse("change_email")
    assert signed_in_an_hour_ago.get(response.url).status_code == 200


def test_wrong_password_leaves_it_shut(signed_in_an_hour_ago: Client) -> None:
    response = signed_in_an_hour_ago.post("/sign-in/again/", {"password": "wrong"})

    assert response.context["errors"] == ["That is not the password."]
    assert signed_in_an_hour_ago.get(reverse("change_email")).status_code == 302


def test_a_code_does_too_but_only_once(client: Client, owner: Owner) -> None:
    sign_in(client, owner, seconds_ago=3600)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(owner, secret)
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))

    first = client.post("/sign-in/again/", {"code": code, "next": "/settings/"})
    again = client.post("/sign-in/again/", {"code": code})

    assert first.url == "/settings/"
    assert again.context["errors"] == [
        "That code is wrong, or was used before. Wait for the next one."
    ]


def test_never_leads_to_another_site(signed_in_an_hour_ago: Client) -> None:
    response = signed_in_an_hour_ago.post(
        "/sign-in/again/?next=//evil.example", {"password": PASSWORD}
    )

    assert response.url == "/"


def test_ten_guesses_here_too(signed_in_an_hour_ago: Client) -> None:
    for _ in range(10):
        signed_in_an_hour_ago.post("/sign-in/again/", {"password": "wrong"})

    response = signed_in_an_hour_ago.post("/sign-in/again/", {"password": PASSWORD})

    assert "Too many tries" in response.context["errors"][0]


def test_what_was_typed_comes_back_and_is_done_with_a_click(
    signed_in_an_hour_ago: Client,
) -> None:
    client = signed_in_an_hour_ago
    response = client.post(reverse("make_token"), TOKEN)
    assert response.url == AGAIN + "%2Fsign-in%2Fagain%2Fcontinue%2F"
    assert not ApiToken.objects.exists()

    back = client.post("/sign-in/again/", {"password": PASSWORD, "next": reverse("continue")})
    kept = client.get(back.url).context["kept"]
    client.post(kept["path"], dict(kept["fields"]))

    assert kept["path"] == reverse("make_token")
    assert ApiToken.objects.values_list("name", "scopes").get() == ("Website", ["health:read"])


@pytest.mark.parametrize(
    "field", ["password", "oldpassword", "passphrase", "code", "client_secret", "api_token"]
)
def test_a_secret_that_was_typed_is_not_kept(signed_in_an_hour_ago: Client, field: str) -> None:
    response = signed_in_an_hour_ago.post(
        reverse("make_token"), {field: "s3cret"}, HTTP_REFERER="http://testserver/settings/tokens/"
    )

    assert response.url == AGAIN + "%2Fsettings%2Ftokens%2F"
    assert "s3cret" not in str(dict(signed_in_an_hour_ago.session))


def test_a_flood_or_a_file_is_not_kept(signed_in_an_hour_ago: Client) -> None:
    path = reverse("make_token")
    flood = signed_in_an_hour_ago.post(path, {"name": "x" * 70_000})
    file = signed_in_an_hour_ago.post(path, {"name": SimpleUploadedFile("a.csv", b"a")})

    assert {flood.url, file.url} == {AGAIN + path.replace("/", "%2F")}


def test_htmx_leaves_the_whole_page_and_comes_back_to_it(
    signed_in_an_hour_ago: Client,
) -> None:
    response = signed_in_an_hour_ago.get(reverse("make_token"), **HTMX)

    assert response.headers["HX-Redirect"] == AGAIN + "%2Fsettings%2Ftokens%2F%3Fa%3Db"


def test_htmx_post_is_kept_like_any_other(signed_in_an_hour_ago: Client) -> None:
    response = signed_in_an_hour_ago.post(reverse("make_token"), TOKEN, **HTMX)

    assert response.headers["HX-Redirect"] == AGAIN + "%2Fsign-in%2Fagain%2Fcontinue%2F"
    assert signed_in_an_hour_ago.session["owner_kept_form"]["back"] == "/settings/tokens/?a=b"


def test_continue_without_anything_kept_goes_home(signed_in: Client) -> None:
    assert signed_in.get(reverse("continue")).url == "/"


def test_a_fresh_sign_in_through_the_page_counts(client: Client, owner: Owner) -> None:
    with time_machine.travel("2026-11-20 10:00Z", tick=False) as clock:
        client.post("/sign-in/", {"login": owner.email, "password": PASSWORD})
        assert client.get(reverse("change_email")).status_code == 200
        clock.shift(301)
        assert client.get(reverse("change_email")).status_code == 302
