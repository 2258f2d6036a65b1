"""Keys for other programs: `Authorization: Bearer porchlight_...`."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from crm.models import ApiToken
from crm.owner import security

PREFIX = "porchlight_"
HINT = 4
USE_NOTED_EVERY = datetime.timedelta(minutes=1)


class TokenRefused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def make(
    *, name: str, scopes: list[str], expires_at: datetime.datetime | None, request: HttpRequest
) -> tuple[ApiToken, str]:
    """The row and the secret, which is shown once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        scopes=sorted(scopes),
        expires_at=expires_at,
        digest=_digest(secret),
        hint=secret[-HINT:],
    )
    security.tell("token.made", request=request, token=str(token.pk), scopes=token.scopes)
    return token, secret


def revoke(*, token: ApiToken, request: HttpRequest) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    security.tell("token.revoked", request=request, token=str(token.pk))


def authenticate(request: HttpRequest, scope: str = "") -> ApiToken:
    """The token that came with the request, if it may do this; otherwise `TokenRefused`."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise TokenRefused(401, "Send a token: Authorization: Bearer ...")
    token = ApiToken.objects.usable(at=timezone.now()).filter(digest=_digest(secret)).first()
    if token is None:
        raise TokenRefused(401, "This token is unknown, expired or revoked.")
    if scope and scope not in token.scopes:
        raise TokenRefused(403, f"This token may not do {scope}.")
    _note_use(token)
    return token


def require_token(scope: str = "") -> Callable[[Callable[..., HttpResponse]], Any]:
    """A view for programs: no session and no cookie count, only the token."""

    def decorate(view: Callable[..., HttpResponse]) -> Any:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                token = authenticate(request, scope)
            except TokenRefused as refusal:
                return _refused(refusal)
            return view(request, token, *args, **kwargs)

        return guarded

    return decorate


def _refused(refusal: TokenRefused) -> HttpResponse:
    response = JsonResponse({"error": refusal.sentence}, status=refusal.status)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.strip().encode()).digest()


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
