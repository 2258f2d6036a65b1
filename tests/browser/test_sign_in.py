"""The owner's ways through the door, in a browser with a virtual authenticator."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from crm.models import Owner, Preferences
from crm.owner import codes, services
from tests.browser.conftest import DESK, Server
from tests.browser.watching import WATCH, axe_faults, faults_of, watch
from tests.conftest import EMAIL, PASSWORD

FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def home(server: Server) -> str:
    """Passkeys want a name, not a number."""
    return server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def door(chromium: Browser, home: str, transactional_db: None) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=home, viewport=DESK, reduced_motion="reduce", timezone_id="Asia/Manila"
    )
    context.add_init_script(WATCH)
    watched = watch(context.new_page(), home)
    yield watched.page
    faults = faults_of(watched)
    context.close()
    assert faults == []


@pytest.fixture
def finger(door: Page) -> Any:
    cdp = door.context.new_cdp_session(door)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    return cdp


def code_of(secret: str, *, ahead: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + ahead))


def type_password(door: Page) -> None:
    door.goto("/sign-in/")
    door.get_by_label("E-mail").fill(EMAIL)
    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Continue").click()


def at_today(door: Page, home: str) -> None:
    expect(door).to_have_url(f"{home}/")
    expect(door.get_by_role("heading", level=1)).to_be_visible()


def make_passkey(door: Page) -> None:
    door.goto("/settings/security/passkeys/add/")
    door.get_by_role("button", name="Create it").click()
    expect(door.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_from_the_first_link_to_an_empty_today_with_a_second_factor(door: Page, home: str) -> None:
    door.goto(str(services.first_run_link(home)))
    expect(door.get_by_label("Time zone")).to_have_value("Asia/Manila")
    expect(door.get_by_label("Currency")).to_have_value("PHP")
    expect(door.get_by_label("Phone numbers of")).to_have_value("PH")
    assert axe_faults(door) == []
    door.get_by_label("Your name").fill("Carla Mendoza")
    door.get_by_label("E-mail").fill(EMAIL)
    door.get_by_label("Password").fill("short")
    expect(door.get_by_text("Too short: 5 more characters")).to_be_visible()
    door.get_by_label("Password").fill(PASSWORD)
    expect(door.get_by_text("Strong")).to_be_visible()
    door.get_by_role("button", name="Move in").click()

    expect(door.get_by_role("heading", name="A second lock on the door")).to_be_visible()
    assert axe_faults(door) == []
    door.get_by_role("link", name="Use an authenticator app").click()
    expect(door.get_by_role("img", name="QR code")).to_be_visible()
    assert axe_faults(door) == []
    door.get_by_text("Type this key instead").click()
    secret = door.locator("[data-secret]").inner_text().replace(" ", "")
    door.get_by_label("6-digit code").fill(code_of(secret))
    door.get_by_role("button", name="Turn it on").click()

    expect(door.locator("#codes li")).to_have_count(10)
    assert axe_faults(door) == []
    door.get_by_role("link", name="I have them").click()
    at_today(door, home)
    assert Preferences.objects.values_list("zone", "currency", "phone_region").get() == (
        "Asia/Manila",
        "PHP",
        "PH",
    )
    assert Authenticator.objects.filter(type="totp").exists()


def test_password_then_the_code(door: Page, home: str, owner: Owner) -> None:
    secret = totp.generate_totp_secret()
    codes_before = totp.TOTP.activate(owner, secret).instance
    type_password(door)
    expect(door.get_by_label("6-digit code")).to_be_visible()
    assert axe_faults(door) == []

    door.get_by_label("6-digit code").fill(code_of(secret))
    door.get_by_role("button", name="Sign in").click()

    at_today(door, home)
    codes_before.refresh_from_db()
    assert codes_before.data[codes.LAST] >= int(time.time()) // 30 - 2


def test_a_recovery_code_in_place_of_the_phone(door: Page, home: str, owner: Owner) -> None:
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    code = RecoveryCodes.activate(owner).get_unused_codes()[0]
    type_password(door)

    door.get_by_label("6-digit code").fill(code)
    door.get_by_role("button", name="Sign in").click()

    at_today(door, home)


def test_a_passkey_is_made_and_signs_in_by_itself(
    door: Page, home: str, owner: Owner, finger: Any
) -> None:
    type_password(door)
    at_today(door, home)
    make_passkey(door)
    door.context.clear_cookies()

    door.goto("/sign-in/")
    door.get_by_role("button", name="Sign in with a passkey").click()

    at_today(door, home)
    session = door.context.cookies(home)
    assert next(c for c in session if c["name"] == "sessionid")["expires"] > time.time() + 86_400


def test_a_passkey_as_the_second_step(door: Page, home: str, owner: Owner, finger: Any) -> None:
    type_password(door)
    make_passkey(door)
    door.context.clear_cookies()
    type_password(door)

    door.get_by_role("button", name="Use a passkey instead").click()

    at_today(door, home)


def test_a_session_elsewhere_is_ended(door: Page, owner: Owner) -> None:
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1")
    phone.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert phone.get("/").status_code == 200
    type_password(door)
    door.goto("/settings/security/")

    door.get_by_role("button", name="Sign out Safari on an iPhone").click()

    expect(door.get_by_text("Safari on an iPhone")).to_have_count(0)
    assert phone.get("/").status_code == 302


def grow_old(door: Page) -> None:
    """Makes the sign-in of every session an hour old."""
    for known in UserSession.objects.all():
        session = known._session_store(known.session_key)
        for record in session["account_authentication_methods"]:
            record["at"] -= 3600
        session.modified = True
        session.save()


def test_an_old_sign_in_is_renewed_and_leads_back(door: Page, home: str, owner: Owner) -> None:
    type_password(door)
    at_today(door, home)
    grow_old(door)
    door.goto("/settings/security/")
    door.get_by_role("link", name="Change the e-mail").click()
    expect(door.get_by_role("heading", name="Is it still you?")).to_be_visible()

    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Continue").click()

    expect(door.get_by_role("heading", name="Change the e-mail")).to_be_visible()


def test_a_form_sent_too_late_is_not_lost(door: Page, home: str, owner: Owner, finger: Any) -> None:
    type_password(door)
    make_passkey(door)
    door.goto("/settings/tokens/new/")
    door.get_by_label("What it is for").fill("The website")
    door.get_by_label("Read whether Porchlight is well").check()
    grow_old(door)
    door.get_by_role("button", name="Make it").click()

    door.get_by_role("button", name="Use a passkey").click()
    door.get_by_role("button", name="Go on and do it").click()

    expect(door.get_by_role("heading", name="The website")).to_be_visible()
    expect(door.locator("#token")).to_have_text(re.compile(r"porchlight_\S{40,}"))


def test_by_number_the_page_says_where_passkeys_work(desk: Any, home: str, owner: Owner) -> None:
    desk.page.goto("/sign-in/")

    expect(desk.page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    expect(desk.page.get_by_role("link", name=f"{home}/")).to_be_visible()
