from __future__ import annotations

import re
import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from crm.models import Owner, Trail
from crm.owner import devices
from tests.conftest import EMAIL, PASSWORD

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def enter(agent: str) -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def kinds() -> list[str]:
    events = Trail.objects.filter(op=Trail.Op.EVENT).order_by("id")
    return list(events.values_list("kind", flat=True))


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Linux"),
        (IPHONE, "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel) Gecko Firefox/132.0", "Firefox on a Mac"),
        ("", "A browser on an unknown device"),
    ],
)
def test_a_device_in_words(agent: str, words: str) -> None:
    assert devices.describe(agent) == words


def test_sessions_are_listed_this_one_first(owner: Owner) -> None:
    enter(IPHONE)
    here = enter(CHROME)

    listed = here.get("/settings/security/").context["sessions"]

    assert [entry["device"] for entry in listed] == ["Chrome on Linux", "Safari on an iPhone"]


def test_one_session_is_ended_the_others_stay(owner: Owner) -> None:
    phone, here, desk = enter(IPHONE), enter(CHROME), enter(CHROME)
    session = UserSession.objects.get(session_key=phone.session.session_key)

    here.post(reverse("end_session", args=[session.pk]))

    assert [is_in(client) for client in (phone, here, desk)] == [False, True, True]


def test_all_other_sessions_are_ended_at_once(owner: Owner) -> None:
    phone, desk, here = enter(IPHONE), enter(CHROME), enter(CHROME)

    here.post(reverse("end_other_sessions"))

    assert [is_in(client) for client in (phone, desk, here)] == [False, False, True]


def test_a_new_password_ends_the_other_sessions(owner: Owner) -> None:
    phone, here = enter(IPHONE), enter(CHROME)

    response = here.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "moths around a lantern",
            "password2": "moths around a lantern",
        },
    )

    assert response.url == "/settings/security/"
    assert [is_in(client) for client in (phone, here)] == [False, True]
    owner.refresh_from_db()
    assert owner.check_password("moths around a lantern")


def test_last_seen_is_noted_once_a_minute(owner: Owner, django_assert_num_queries: Any) -> None:
    with time_machine.travel("2026-11-20 10:00Z", tick=False) as clock:
        here = enter(CHROME)
        signed_in_at = UserSession.objects.get().last_seen_at
        clock.shift(59)
        # Session, owner, tokens; what the frame shows, at once.
        with django_assert_num_queries(4):
            here.get(reverse("api_tokens"))
        assert UserSession.objects.get().last_seen_at == signed_in_at
        clock.shift(1)
        here.get(reverse("api_tokens"))
        assert UserSession.objects.get().last_seen_at == timezone.now()


def test_only_the_present_e_mail_signs_in(signed_in: Client, owner: Owner) -> None:
    EmailAddress.objects.create(user=owner, email=EMAIL, primary=True, verified=True)

    signed_in.post(reverse("change_email"), {"email": "New@Example.com"})

    owner.refresh_from_db()
    assert owner.email == "new@example.com"
    old, new = Client(), Client()
    old.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    new.post("/sign-in/", {"login": "new@example.com", "password": PASSWORD})
    assert [is_in(old), is_in(new)] == [False, True]


def test_the_app_is_set_up_and_gives_recovery_codes(signed_in: Client, owner: Owner) -> None:
    page = signed_in.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert page.context["totp_svg_data_uri"].startswith("data:image/svg+xml;base64,")

    response = signed_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert response.url == reverse("mfa_view_recovery_codes")
    codes = signed_in.get(response.url).context["unused_codes"]
    assert len(set(codes)) == 10
    file = signed_in.get(reverse("mfa_download_recovery_codes"))
    assert all(code in file.content.decode() for code in codes)


@pytest.mark.django_db(transaction=True)
def test_the_code_that_set_the_app_up_does_not_sign_in(signed_in: Client, owner: Owner) -> None:
    secret = signed_in.get(reverse("mfa_activate_totp")).context["form"].secret
    code = code_of(secret)
    signed_in.post(reverse("mfa_activate_totp"), {"code": code})

    thief = enter(CHROME)
    thief.post("/sign-in/code/", {"code": code})

    assert Authenticator.objects.filter(type="totp").exists()
    assert not is_in(thief)


def test_without_the_right_code_the_app_is_not_set_up(signed_in: Client, owner: Owner) -> None:
    signed_in.get(reverse("mfa_activate_totp"))
    signed_in.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert not Authenticator.objects.exists()


def test_the_factors_secrets_lie_sealed(signed_in: Client, owner: Owner) -> None:
    secret = signed_in.get(reverse("mfa_activate_totp")).context["form"].secret
    signed_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert secret not in stored
    assert all(word in stored for word in ("seed", "secret"))
    assert not re.search(r'"seed": "[0-9a-f]{80}"', stored)


def test_removing_the_last_factor_removes_the_codes(signed_in: Client, owner: Owner) -> None:
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    RecoveryCodes.activate(owner)

    signed_in.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()


def test_new_codes_end_the_old_ones(signed_in: Client, owner: Owner) -> None:
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    old = RecoveryCodes.activate(owner).get_unused_codes()

    signed_in.post(reverse("mfa_generate_recovery_codes"))

    new = signed_in.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert set(old) & set(new) == set()


@pytest.mark.parametrize(
    ("public_url", "host", "secure", "works", "address"),
    [
        ("", "localhost:8000", False, True, "http://localhost:8000/"),
        ("", "127.0.0.1:8000", False, False, "http://localhost:8000/"),
        ("https://crm.example.com", "crm.example.com", True, True, "https://crm.example.com"),
        ("https://crm.example.com", "localhost:8000", False, False, "https://crm.example.com"),
        ("http://crm.example.com", "crm.example.com", False, False, "http://crm.example.com"),
    ],
)
def test_sign_in_says_where_a_passkey_works(
    owner: Owner, public_url: str, host: str, secure: bool, works: bool, address: str
) -> None:
    with override_settings(PUBLIC_URL=public_url, ALLOWED_HOSTS=["*"]):
        page = Client().get("/sign-in/", HTTP_HOST=host, secure=secure).content.decode()

    assert ("data-passkey=" in page) is works
    assert (f'href="{address}"' in page) is not works


@pytest.mark.parametrize(
    ("credential", "told"),
    [
        ("", []),
        ("{}", []),
        ("nonsense", []),
        ("1", ["sign_in.failed"]),
        ('{"response": {}}', ["sign_in.failed"]),
        ('{"id": "a", "rawId": "b"}', ["sign_in.failed"]),
    ],
)
def test_a_made_up_passkey_is_refused(
    client: Client, owner: Owner, credential: str, told: list[str]
) -> None:
    client.get("/sign-in/passkey/", HTTP_ACCEPT="application/json")

    response = client.post("/sign-in/passkey/", {"credential": credential})

    assert response.url == "/sign-in/"
    assert not is_in(client)
    assert kinds() == told


@pytest.mark.django_db(transaction=True)
def test_what_happens_at_the_door_is_told_to_the_audit(client: Client, owner: Owner) -> None:
    client.post("/sign-in/", {"login": EMAIL, "password": "wrong"})
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.post("/sign-in/again/", {"password": PASSWORD})
    client.post(reverse("end_other_sessions"))
    client.post("/sign-out/")

    assert kinds() == [
        "sign_in.failed",
        "sign_in.succeeded",
        "second_factor.added",
        "second_factor.added",
        "sign_in.again",
        "session.revoked",
        "sign_out",
    ]


def test_the_audit_hears_no_password_and_no_address(client: Client, owner: Owner) -> None:
    for password in ("hunter2-hunter2", PASSWORD):
        client.post("/sign-in/", {"login": EMAIL, "password": password}, REMOTE_ADDR="203.0.113.77")

    events = Trail.objects.filter(op=Trail.Op.EVENT)
    told = str(list(events.values_list("after", "before", "page", "actor")))
    assert events.count() == 2
    for secret in ("hunter2", PASSWORD, EMAIL, "203.0.113.77", "argon2"):
        assert secret not in told
