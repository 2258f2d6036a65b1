"""Some pages want to know that it is still the owner who sits there.

`@require_recent_sign_in` asks for the password, a code or a passkey when the last sign-in
is more than five minutes old, and afterwards leads back to where one was: a page is opened
again, a form that was sent is shown once more with what was typed, to be sent with a click.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

SECONDS = 300
KEPT = "owner_kept_form"
LONGEST_KEPT = 64 * 1024
# What is typed into these is never stored, not even in the session.
SECRET = ("password", "passphrase", "secret", "code", "token", "credential")

View = Callable[..., HttpResponseBase]


def signed_in_recently(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return bool(records) and 0 <= time.time() - records[-1]["at"] < SECONDS


def require_recent_sign_in(view: View) -> View:
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if signed_in_recently(request):
            return view(request, *args, **kwargs)
        return _ask(request)

    return asked


def _ask(request: HttpRequest) -> HttpResponse:
    back = _keep(request) if request.method == "POST" else here(request)
    url = f"{reverse('sign_in_again')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def here(request: HttpRequest) -> str:
    """The page in the address bar: a fragment alone is nothing to come back to."""
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    wants_shown = bool(request.headers.get("HX-Request")) or request.method == "POST"
    parts = urlsplit(shown)
    if wants_shown and parts.netloc == request.get_host():
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.get_full_path()


def _keep(request: HttpRequest) -> str:
    """Puts what was typed aside, unless there is a secret, a file or a flood in it."""
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    secret = any(word in name.lower() for name, _ in fields for word in SECRET)
    length = sum(len(name) + len(value) for name, value in fields)
    if secret or request.FILES or length > LONGEST_KEPT:
        return here(request)
    request.session[KEPT] = {
        "path": request.get_full_path(),
        "fields": fields,
        "back": here(request),
    }
    return reverse("continue")
