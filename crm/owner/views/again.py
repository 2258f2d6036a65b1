"""A recent sign-in, and the way back to what one was doing."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal import flows
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from crm.owner import passkeys, recent
from crm.owner.forms import CodeAgainForm
from crm.shell.returning import ours

FORMS = {"code": CodeAgainForm, "credential": ReauthenticateWebAuthnForm}


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    given: forms.Form | None = None
    if request.method == "POST":
        given = _form(request)
        if given.is_valid():
            _record(request, given)
            return redirect(_next(request))
    return render(request, "crm/owner/sign_in_again.html", _context(request, given))


@never_cache
@require_GET
def passkey_challenge(request: HttpRequest) -> JsonResponse:
    """What the browser's passkey dialog needs, asked for when its button is pressed."""
    return JsonResponse({"request_options": webauthn.begin_authentication(request.user)})


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Shows the form that was interrupted, filled in, to be sent with one click."""
    kept = request.session.get(recent.KEPT)
    if kept is None:
        return redirect("/")
    return render(request, "crm/owner/resume.html", {"kept": kept})


def _form(request: HttpRequest) -> forms.Form:
    kind = next((name for name in FORMS if name in request.POST), "password")
    form: forms.Form = FORMS.get(kind, ReauthenticateForm)(data=request.POST, user=request.user)
    return form


def _record(request: HttpRequest, form: forms.Form) -> None:
    if isinstance(form, ReauthenticateForm):
        flows.reauthentication.reauthenticate_by_password(request)
    else:
        form.save()  # type: ignore[attr-defined]


def _next(request: HttpRequest) -> str:
    url = request.POST.get("next") or request.GET.get("next") or "/"
    return ours(request, url) or "/"


def _context(request: HttpRequest, given: forms.Form | None) -> dict[str, Any]:
    errors = [error for found in given.errors.values() for error in found] if given else []
    return {
        "errors": errors,
        "next": _next(request),
        "has_app": is_mfa_enabled(request.user, [Authenticator.Type.TOTP]),
        "has_passkey": is_mfa_enabled(request.user, [Authenticator.Type.WEBAUTHN]),
        "place": passkeys.place(request),
    }
