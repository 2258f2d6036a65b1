from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

SENDING = "django.core.mail.backends.smtp.EmailBackend"


def is_set_up() -> bool:
    """Whether a letter written now would leave the house."""
    return settings.EMAIL_BACKEND == SENDING and bool(settings.EMAIL_HOST)


def only_when_set_up(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that would promise a letter does not exist where none can be sent."""

    @login_not_required
    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_set_up():
            raise Http404
        return view(request, *args, **kwargs)

    return found
