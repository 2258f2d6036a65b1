"""Where our rules meet the library's."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from crm.owner import devices, factors, passkeys, recent, security, sessions

TOO_MANY = (
    "Too many tries. Wait ten minutes, or sign in with a passkey. "
    "At the machine itself “manage.py owner recover” always lets you in."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail and password do not belong together.",
        "incorrect_password": "That is not the password.",
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **_credentials: Any) -> None:
        """Guesses count for the one account, whatever e-mail was typed; a browser that the
        owner has used before has a count of its own."""
        device = devices.known(request)
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            config={"login_failed": settings.GUESSES_BY_DEVICE} if device else None,
            key=f"device {device}" if device else "owner",
        )
        if not self._login_failed_rl_usage:
            security.tell("sign_in.throttled", request=request)
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **_credentials: Any) -> None:
        security.tell("sign_in.failed", request=request, method="password")

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:  # noqa: ARG002
        return not recent.signed_in_recently(self.request)

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response)
        sessions.just_seen(request.session.session_key or "")
        if "credential" in request.POST and "remember" not in request.POST:
            request.session.set_expiry(0)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is wrong, or was used before. Wait for the next one.",
    }

    def encrypt(self, text: str) -> str:
        return factors.seal_for_owner(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Porchlight"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: ARG002
        return devices.describe(self.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": passkeys.domain(), "name": "Porchlight"}
