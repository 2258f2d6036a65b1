"""Everything about signing in, on one page."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.owner import devices, passkeys, security, services
from crm.owner.forms import EmailForm
from crm.owner.recent import require_recent_sign_in

Type = Authenticator.Type


@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/owner/security.html", _context(request))


@never_cache
@require_recent_sign_in
@require_http_methods(["GET", "POST"])
def change_email(request: HttpRequest) -> HttpResponse:
    owner = services.the_owner(request)
    form = EmailForm(request.POST or None, initial={"email": owner.email})
    if request.method == "POST" and form.is_valid():
        services.change_email(owner=owner, email=form.cleaned_data["email"])
        security.tell("email.changed", request=request)
        messages.success(request, "E-mail changed. Sign in with it from now on")
        return redirect("mfa_index")
    return render(request, "crm/owner/change_email.html", {"form": form})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    security.tell("session.revoked", request=request, session=session.pk)
    flows.sessions.end_sessions(request, [session])
    messages.success(request, "Signed out there")
    return redirect("mfa_index")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    security.tell("session.revoked", request=request, which="all others")
    flows.sessions.end_other_sessions(request, request.user)
    messages.success(request, "Signed out everywhere else")
    return redirect("mfa_index")


def _context(request: HttpRequest) -> dict[str, Any]:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((factor for factor in factors if factor.type == Type.RECOVERY_CODES), None)
    return {
        "app": next((factor for factor in factors if factor.type == Type.TOTP), None),
        "passkeys": [factor for factor in factors if factor.type == Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "protected": any(factor.type != Type.RECOVERY_CODES for factor in factors),
        "sessions": _sessions(request),
        "place": passkeys.place(request),
    }


def _sessions(request: HttpRequest) -> list[dict[str, Any]]:
    found = UserSession.objects.purge_and_list(request.user)
    found.sort(key=lambda session: (session.is_current(), session.last_seen_at), reverse=True)
    return [{"row": session, "device": devices.describe(session.user_agent)} for session in found]
