"""A form that makes something makes it once, however often it is sent.

The form carries `{% once %}`, its view is `@once`. Sent again with the same words, as by a second
click or by going back, it leads to what the first one made; with other words it is another form,
and so it is once the first was undone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_htmx.http import HttpResponseClientRedirect

from crm.models import Operation, SentForm
from crm.shell.toasts import flash

FIELD = "sent"
KEPT = dt.timedelta(days=1)
AGAIN = "It was done already, once."
View = Callable[..., HttpResponse]


def once(view: View) -> View:
    @wraps(view)
    def sent(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method != "POST" or not request.POST.get(FIELD):
            return view(request, *args, **named)
        key = _key(request)
        with transaction.atomic():
            if not _first(key) and not _undone(known := SentForm.objects.get(key=key)):
                return _led_to(request, known)
            response = view(request, *args, **named)
            _keep(key, request, response)
            return response

    return sent


def _key(request: HttpRequest) -> str:
    typed = sorted((k, v) for k, v in request.POST.lists() if k != "csrfmiddlewaretoken")
    told = json.dumps([request.user.pk, request.get_full_path(), typed], default=str)
    return salted_hmac("crm.shell.once", told, algorithm="sha256").hexdigest()


def _first(key: str) -> bool:
    """The second of two that come at once waits here for the first one's end."""
    SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_sent_form (key, place, undo) VALUES (%s, '', '')"
            " ON CONFLICT DO NOTHING",
            [key],
        )
        return bool(cursor.rowcount)


def _undone(known: SentForm) -> bool:
    if not known.undo:
        return False
    operation = resolve(known.undo).kwargs["operation"]
    return Operation.objects.filter(undoes=operation).exists()


def _keep(key: str, request: HttpRequest, response: HttpResponse) -> None:
    """Where it led; a form that came back, or was refused, made nothing and may come again."""
    place = response.get("HX-Redirect") or response.get("Location", "")
    tone, undo = getattr(request, "flashed", ("", ""))
    if place and tone == "good":
        SentForm.objects.filter(key=key).update(place=place, undo=undo)
    else:
        SentForm.objects.filter(key=key).delete()


def _led_to(request: HttpRequest, known: SentForm) -> HttpResponse:
    flash(request, AGAIN, undo_url=known.undo)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(known.place)
    return redirect(known.place)
