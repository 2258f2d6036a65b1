from __future__ import annotations

import datetime
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from crm.models import Notification, OneTimeLink, Owner, Trail
from crm.runtime.home import Home
from crm.vault.errors import KeyringLocked
from tests.conftest import EMAIL, PASSWORD, sign_in

NEW = "moths around a lantern"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("owner", "recover", *arguments, stdout=out)
    return out.getvalue()


def printed(*arguments: str) -> str:
    line = next(line for line in told(*arguments).splitlines() if "http" in line)
    return line.strip().removeprefix("http://localhost:8000")


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.fixture
def guarded(owner: Owner) -> Owner:
    totp.TOTP.activate(owner, totp.generate_totp_secret())
    RecoveryCodes.activate(owner)
    return owner


def test_the_link_is_where_porchlight_answers(owner, tmp_path, settings, monkeypatch) -> None:
    settings.HOME = Home(tmp_path)
    monkeypatch.setenv("PORT", "8123")
    assert "  http://localhost:8123/" in told()
    settings.HOME.state.mkdir()
    settings.HOME.address.write_text("http://localhost:8001")
    assert "  http://localhost:8001/" in told()


def test_forgotten_says_what_to_do_at_the_machine(client: Client, db: None) -> None:
    page = client.get("/sign-in/forgotten/").content.decode()

    assert "manage.py owner recover" in page
    assert "by e-mail" not in page


def test_the_link_sets_a_new_password_and_ends_every_session(client: Client, owner: Owner) -> None:
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert is_in(elsewhere)

    client.get(printed())
    response = client.post("/sign-in/recover/", {"password": NEW})

    assert response.url == "/sign-in/"
    assert not is_in(elsewhere)
    assert not is_in(client)
    client.post("/sign-in/", {"login": EMAIL, "password": NEW})
    assert is_in(client)


def test_the_second_step_stays_unless_asked(client: Client, guarded: Owner) -> None:
    client.get(printed())
    client.post("/sign-in/recover/", {"password": NEW})

    assert Authenticator.objects.count() == 2
    assert client.post("/sign-in/", {"login": EMAIL, "password": NEW}).url == "/sign-in/code/"


def test_a_lost_phone_is_let_go(client: Client, guarded: Owner) -> None:
    client.get(printed("--drop-second-factors"))
    assert Authenticator.objects.count() == 2

    client.post("/sign-in/recover/", {"password": NEW})

    assert not Authenticator.objects.exists()
    client.post("/sign-in/", {"login": EMAIL, "password": NEW})
    assert is_in(client)


def test_the_link_works_once(client: Client, owner: Owner) -> None:
    path = printed()
    client.get(path)
    client.post("/sign-in/recover/", {"password": NEW})

    assert client.get(path).status_code == 410
    assert client.post("/sign-in/recover/", {"password": "another long one"}).status_code == 410
    owner.refresh_from_db()
    assert owner.check_password(NEW)


def test_the_link_works_for_an_hour(client: Client, owner: Owner) -> None:
    path = printed()

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False):
        assert client.get(path).status_code == 410


def test_a_newer_link_ends_the_older(client: Client, owner: Owner) -> None:
    older = printed()
    printed()

    assert client.get(older).status_code == 410
    assert OneTimeLink.objects.count() == 1


def test_without_a_link_nothing_is_set(client: Client, owner: Owner) -> None:
    assert client.post("/sign-in/recover/", {"password": NEW}).status_code == 410
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_a_first_run_link_is_no_way_back(client: Client, owner: Owner) -> None:
    token = printed().rstrip("/").rpartition("/")[2]

    assert client.get(f"/welcome/link/{token}/").status_code == 410


def test_it_is_noted_loudly(client: Client, owner: Owner) -> None:
    client.get(printed("--drop-second-factors"))
    client.post("/sign-in/recover/", {"password": NEW})

    events = Trail.objects.filter(op=Trail.Op.EVENT).order_by("id").values_list("kind", flat=True)
    assert list(events) == ["owner.recovery_link", "owner.recovered"]
    printed_at, used_at = (told.words for told in Notification.objects.order_by("id"))
    assert printed_at[0] == "A way back in was printed at the machine"
    assert "lets go of app, passkeys and recovery codes" in printed_at[1]
    assert used_at[0] == "A new password was set"
    assert "Authenticator app, passkeys and recovery codes are gone." in used_at[1]


def test_each_link_is_told_of(owner: Owner) -> None:
    printed()
    printed()
    assert Notification.objects.filter(kind="house.way_in").count() == 2


def test_a_vault_that_does_not_open_keeps_nobody_out(
    client: Client, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object, **_values: object) -> None:
        raise KeyringLocked("The keyring wants its passphrase.")

    monkeypatch.setattr("crm.owner.loudly.notify", locked)
    client.get(printed())
    client.post("/sign-in/recover/", {"password": NEW})
    owner.refresh_from_db()
    assert owner.check_password(NEW)


def test_show_says_who_and_with_what(guarded: Owner) -> None:
    out = StringIO()

    call_command("owner", "show", stdout=out)

    assert out.getvalue().splitlines() == [
        f"Carla Mendoza <{EMAIL}>",
        "Second factor: TOTP Authenticator, Recovery codes",
    ]


@pytest.mark.parametrize("action", ["show", "recover"])
def test_without_an_owner_the_command_says_so(db: None, action: str) -> None:
    with pytest.raises(CommandError, match="Nobody owns this Porchlight yet"):
        call_command("owner", action)


@override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="mail.example")
def test_with_mail_the_page_offers_a_link(client: Client, db: None) -> None:
    assert b"/sign-in/by-mail/" in client.get("/sign-in/forgotten/").content
    assert client.get("/sign-in/by-mail/").status_code == 200


def test_a_link_by_mail_does_not_go_round_the_second_step(
    client: Client, guarded: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.owner.mail.is_set_up", lambda: True)
    client.post("/sign-in/by-mail/", {"email": EMAIL})
    letter = mail.outbox[0]
    path = next(word for word in str(letter.body).split() if "/by-mail/" in word)

    form = client.get(path.removeprefix("http://testserver"), follow=True)
    client.post(form.context["action_url"], {"password1": NEW, "password2": NEW})

    guarded.refresh_from_db()
    assert guarded.check_password(NEW)
    assert not is_in(client)
    assert client.post("/sign-in/", {"login": EMAIL, "password": NEW}).url == "/sign-in/code/"


def test_a_link_by_mail_for_a_stranger_tells_nobody_anything(
    client: Client, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.owner.mail.is_set_up", lambda: True)

    known = client.post("/sign-in/by-mail/", {"email": EMAIL})
    stranger = client.post("/sign-in/by-mail/", {"email": "stranger@example.com"})

    assert known.url == stranger.url == "/sign-in/by-mail/sent/"
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]


def test_recovering_while_signed_in_signs_out(client: Client, owner: Owner) -> None:
    sign_in(client, owner)
    client.get(printed())
    client.post("/sign-in/recover/", {"password": NEW})

    assert not is_in(client)
