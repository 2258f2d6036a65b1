from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.models import ApiToken
from crm.owner import tokens
from crm.owner.forms import TokenForm
from crm.owner.recent import require_recent_sign_in
from crm.runtime import health


@never_cache
@require_GET
def api_tokens(request: HttpRequest) -> HttpResponse:
    shown = ApiToken.objects.filter(revoked_at=None)
    return render(request, "crm/owner/tokens.html", {"tokens": shown, "now": timezone.now()})


@never_cache
@require_recent_sign_in
@require_http_methods(["GET", "POST"])
def make_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, secret = tokens.make(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(),
            request=request,
        )
        return render(request, "crm/owner/token_made.html", {"token": token, "secret": secret})
    return render(request, "crm/owner/make_token.html", {"form": form})


@require_POST
def revoke_token(request: HttpRequest, pk: str) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, revoked_at=None)
    tokens.revoke(token=token, request=request)
    messages.success(request, f"“{token.name}” no longer works")
    return redirect("api_tokens")


@require_GET
@tokens.require_token()
def whoami(request: HttpRequest, token: ApiToken) -> JsonResponse:  # noqa: ARG001
    return JsonResponse(
        {"token": token.name, "scopes": token.scopes, "expires_at": token.expires_at}
    )


@require_GET
@tokens.require_token("health:read")
def health_for_programs(request: HttpRequest, token: ApiToken) -> JsonResponse:  # noqa: ARG001
    """The health page for a monitor: the same checks, the same sentences."""
    checks = [asdict(check) for check in health.report()]
    well = all(check["ok"] is not False for check in checks)
    return JsonResponse({"ok": well, "checks": checks})
