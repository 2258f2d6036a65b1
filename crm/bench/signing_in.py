from __future__ import annotations

from importlib import import_module
from secrets import token_urlsafe
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.test import RequestFactory

from crm.models import Owner, Preferences


def cookies() -> dict[str, str]:
    """A signed-in session of the bench database's owner."""
    request = RequestFactory().get("/")
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store()
    with transaction.atomic():
        login(request, _owner(), backend=settings.AUTHENTICATION_BACKENDS[0])
        # Some pages ask for a sign-in of the last minutes.
        record_authentication(request, _owner(), method="password")
        request.session.save()
    return {settings.SESSION_COOKIE_NAME: str(request.session.session_key)}


def _owner() -> Owner:
    owner = Owner.objects.first() or Owner.objects.create_owner(
        email="bench@porchlight.invalid", password=token_urlsafe(), name="Bench Owner"
    )
    Preferences.objects.get_or_create(owner=owner)
    return owner
