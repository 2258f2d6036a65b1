from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from crm.models import ApiToken
from crm.owner import tokens
from crm.runtime.health import Health

TYPED = {"name": "Website", "scopes": ["health:read"], "days": "90"}


@pytest.fixture
def secret(signed_in: Client) -> str:
    made: str = signed_in.post(reverse("make_token"), TYPED).context["secret"]
    return made


def ask(secret: str, path: str = "/api/v1/whoami") -> Any:
    return Client().get(path, HTTP_AUTHORIZATION=f"Bearer {secret}")


def test_a_token_is_shown_once_and_only_its_hash_is_kept(signed_in: Client, secret: str) -> None:
    token = ApiToken.objects.get()

    assert bytes(token.digest) == hashlib.sha256(secret.encode()).digest()
    assert token.hint == secret[-4:]
    page = signed_in.get(reverse("api_tokens")).content.decode()
    assert token.name in page
    assert secret not in page


def test_a_token_says_what_it_may(secret: str) -> None:
    answer = ask(secret).json()

    expires_at = ApiToken.objects.get().expires_at
    assert expires_at is not None
    assert answer == {
        "token": "Website",
        "scopes": ["health:read"],
        "expires_at": expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic eDp5"])
def test_without_a_token_nothing_is_said(db: None, header: str) -> None:
    response = Client().get("/api/v1/whoami", HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(signed_in: Client) -> None:
    assert signed_in.get("/api/v1/whoami").status_code == 401


def test_a_token_is_no_session(secret: str) -> None:
    assert ask(secret, reverse("api_tokens")).status_code == 302


def test_a_revoked_token_is_refused_at_once(signed_in: Client, secret: str) -> None:
    token = ApiToken.objects.get()

    signed_in.post(reverse("revoke_token", args=[token.pk]))

    assert ask(secret).status_code == 401
    assert "Website" not in str(signed_in.get(reverse("api_tokens")).context["tokens"])


def test_an_expired_token_is_refused(secret: str) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(days=91), tick=False):
        assert ask(secret).status_code == 401


def test_a_token_may_only_what_it_was_given(secret: str) -> None:
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {secret}")

    with pytest.raises(tokens.TokenRefused) as refused:
        tokens.authenticate(request, "people:read")

    assert refused.value.status == 403
    assert tokens.authenticate(request, "health:read") == ApiToken.objects.get()


def test_last_use_is_noted_once_a_minute(secret: str) -> None:
    with time_machine.travel("2026-11-20 10:00Z", tick=False) as clock:
        ask(secret)
        first = ApiToken.objects.get().last_used_at
        clock.shift(30)
        ask(secret)
        assert ApiToken.objects.get().last_used_at == first
        clock.shift(31)
        ask(secret)
        assert ApiToken.objects.get().last_used_at == timezone.now()


def test_scopes_that_do_not_exist_are_not_given(signed_in: Client, db: None) -> None:
    response = signed_in.post(reverse("make_token"), TYPED | {"scopes": ["everything:write"]})

    assert list(response.context["form"].errors) == ["scopes"]


def test_a_token_that_may_nothing_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError, match="token_may_do_something"), transaction.atomic():
        ApiToken.objects.create(name="x", digest=b"0" * 32, hint="0000", scopes=[])


def test_a_token_that_is_over_before_it_begins_is_refused(db: None) -> None:
    with (
        pytest.raises(IntegrityError, match="token_expires_after_it_was_made"),
        transaction.atomic(),
    ):
        ApiToken.objects.create(
            name="x",
            digest=b"0" * 32,
            hint="0000",
            scopes=["health:read"],
            expires_at=timezone.now() - datetime.timedelta(days=1),
        )


def test_a_monitor_reads_the_health_page(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Health("Worker", False, "The worker does not answer.", {"seconds": 95})
    monkeypatch.setattr("crm.runtime.health.report", lambda: [worker])

    answer = ask(secret, "/api/v1/health").json()

    assert answer == {
        "ok": False,
        "checks": [
            {
                "name": "Worker",
                "ok": False,
                "sentence": "The worker does not answer.",
                "measured": {"seconds": 95},
            }
        ],
    }


def test_a_monitor_needs_its_scope(secret: str) -> None:
    ApiToken.objects.update(scopes=["people:read"])

    response = ask(secret, "/api/v1/health")

    assert (response.status_code, response.json()) == (
        403,
        {"error": "This token may not do health:read."},
    )
