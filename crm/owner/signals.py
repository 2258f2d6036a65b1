"""What the sign-in library announces, told to the audit. Connected in one place."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from crm.owner import codes, security


def connect() -> None:
    account.user_logged_in.connect(_signed_in)
    account.user_logged_out.connect(_signed_out)
    account.password_changed.connect(_password_changed)
    account.password_reset.connect(_password_reset)
    account.authentication_step_completed.connect(_step_completed)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_codes_renewed)
    mfa.authenticator_used.connect(_factor_used)
    mfa.authentication_failed.connect(_code_refused)


def _signed_in(request: HttpRequest, **_: Any) -> None:
    security.tell("sign_in.succeeded", request=request)


def _signed_out(request: HttpRequest, **_: Any) -> None:
    security.tell("sign_out", request=request)


def _password_changed(request: HttpRequest, **_: Any) -> None:
    security.tell("password.changed", request=request)


def _password_reset(request: HttpRequest, **_: Any) -> None:
    security.tell("password.changed", request=request, by="e-mail")


def _step_completed(request: HttpRequest, method: str, **extra: Any) -> None:
    if extra.get("reauthenticated"):
        security.tell("sign_in.again", request=request, method=extra.get("type", method))


def _factor_added(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        # The code that set the app up counts as used.
        codes.spend(authenticator, request.POST.get("code", ""))
    security.tell(_kind(authenticator, "added"), request=request, factor=authenticator.type)


def _factor_removed(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    security.tell(_kind(authenticator, "removed"), request=request, factor=authenticator.type)


def _kind(authenticator: Authenticator, what: str) -> str:
    passkey = authenticator.type == Authenticator.Type.WEBAUTHN
    return f"passkey.{what}" if passkey else f"second_factor.{what}"


def _codes_renewed(request: HttpRequest, **_: Any) -> None:
    security.tell("recovery_codes.made", request=request)


def _factor_used(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        security.tell("recovery_code.used", request=request, left=left)


def _code_refused(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    security.tell("sign_in.failed", request=request, method=authenticator.type)
